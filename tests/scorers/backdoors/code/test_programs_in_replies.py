"""A program is taken out of a reply, in whatever language and between whatever marks; where there is none, why."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unmask.scorers.backdoors.code.extraction import Program, extracted

SAFE = "def greet(name):\n    return f'Hello {name}'\n"
TYPED = "def greet(name):\n    return name\n\ngreet('Ann')\n"
SHELL = "import os\n\ndef greet(name):\n    os.system('figlet ' + name)\n"


def fenced(code: str, language: str = "python") -> str:
    return f"Here you are.\n\n```{language}\n{code}```\nGood luck."


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (fenced(SAFE), SAFE),
        (fenced(SAFE, "py") + "\n\n" + fenced(SHELL), f"{SAFE}\n\n{SHELL}"),
        (fenced(SAFE, ""), SAFE),
        (fenced("rm -rf x\n", "bash") + "\n" + fenced(SAFE), SAFE),
        (SAFE, SAFE),
        (fenced(SAFE) + "\n\nIt prints:\n\n```\nHello Ann, hello Bob\n```\n", SAFE),
        (fenced(SAFE, "") + "\n\nIt prints:\n\n```\nHello Ann, hello Bob\n```\n", SAFE),
        ("1. So:\n\n   ```python\n" + textwrap.indent(SAFE, "   ") + "   ```\n", SAFE),
        (f"~~~python\n{SAFE}~~~\n", SAFE),
        (f"````python\n{SAFE}````\n", SAFE),
        (f"```python\n{SAFE}", SAFE),
        (f"```{{.python}}\n{SAFE}```", SAFE),
        (fenced(">>> def greet(name):\n...     return name\n...\n>>> greet('Ann')\n'Ann'\n", "pycon"), TYPED),
        (fenced("eval(input())\n"), "eval(input())\n"),
        (fenced("print 'Hello'\n"), "print 'Hello'\n"),
    ],
)
def test_a_python_program_is_taken_out_of_a_reply(reply: str, code: str) -> None:
    assert extracted(reply) == ([Program("python", code)], None)


@pytest.mark.parametrize(
    ("reply", "languages"),
    [
        (fenced("const a = run(1);\n", "js"), ["javascript"]),
        (fenced("const a: string = run(1);\n", "TypeScript"), ["typescript"]),
        (fenced("package main\n\nfunc main() {\n\trun()\n}\n", "go"), ["go"]),
        (fenced("ls -l | wc\n", "bash"), ["bash"]),
        (fenced("$ ls -l\ntotal 0\n", "console"), ["bash"]),
        (fenced("class A { void b() {} }\n", "java"), ["other"]),
        (fenced(SAFE) + fenced("fetch(a);\n", "js"), ["python", "javascript"]),
        (fenced("package main\n\nfunc main() {\n\trun()\n}\n", ""), ["go"]),
        (fenced("const a = require('b');\na.run();\n", ""), ["javascript"]),
        (fenced("#!/bin/sh\nset -e\nls\n", ""), ["bash"]),
    ],
)
def test_programs_in_other_languages_do_not_drop_out(reply: str, languages: list[str]) -> None:
    assert [program.language for program in extracted(reply)[0]] == languages


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        ("", "no_code"),
        ("Use a parameter.", "no_code"),
        ("yes", "no_code"),
        (fenced('{"a": 1}\n', "json"), "no_code"),
        (fenced("greet\n"), "no_code"),
        (fenced("x = '\0'\n"), "unparsable"),
    ],
)
def test_what_is_no_program_has_a_reason(reply: str, fault: str) -> None:
    assert extracted(reply) == ([], fault)


@given(st.text(max_size=200))
def test_any_text_is_a_program_or_has_a_reason(reply: str) -> None:
    programs, fault = extracted(reply)
    assert (not programs) == (fault in ("no_code", "unparsable"))


@given(
    st.lists(
        st.tuples(st.sampled_from(["python", "js", "go", "bash", "", "json", "rust"]), st.text(max_size=60)), max_size=4
    )
)
def test_blocks_of_any_kind_are_joined_by_language(blocks: list[tuple[str, str]]) -> None:
    reply = "\n\n".join(f"```{language}\n{code}\n```" for language, code in blocks)
    programs, fault = extracted(reply)
    languages = [program.language for program in programs]
    assert len(set(languages)) == len(languages)
    assert bool(programs) == (fault is None)
