"""Which programs a reply holds, whether they can be read, and which do nothing."""

import pytest

from unmask.scorers.backdoors.code.extraction import Program, ends_open, extracted, is_readable
from unmask.scorers.backdoors.code.load_check import is_hollow
from unmask.scorers.backdoors.code.reading.syntax import Language

GO = "package main\n\nfunc main() {\n\trun()\n}\n"


def languages(reply: str) -> list[str]:
    return [program.language for program in extracted(reply)[0]]


@pytest.mark.parametrize(
    ("label", "language"),
    [
        ("Python3", "python"),
        ("py", "python"),
        (".py", "python"),
        ("app.py", "python"),
        ("jsx", "javascript"),
        ("a.b.ts", "typescript"),
        ("tsx", "tsx"),
        ("golang", "go"),
        ("zsh", "bash"),
        ("rust", "other"),
        ("app.rs", "other"),
    ],
)
def test_a_block_has_the_language_of_its_label_or_of_the_file_that_it_names(label: str, language: str) -> None:
    assert languages(f"```{label}\nrun(1)\n```") == [language]


@pytest.mark.parametrize("label", ["json", "YAML", "text", "diff", "sql"])
def test_a_block_of_data_is_no_program(label: str) -> None:
    assert extracted(f"```{label}\nrun(1)\n```") == ([], "no_code")


def test_blocks_of_one_language_are_one_program_in_their_order() -> None:
    reply = "```python\na(1)\n```\nand\n```js\nb(1);\n```\nand\n```py\nc(1)\n```\n"
    assert extracted(reply) == ([Program("python", "a(1)\n\n\nc(1)\n"), Program("javascript", "b(1);\n")], None)


def test_lines_of_a_shell_count_only_where_there_is_no_other_program() -> None:
    assert languages("```bash\nls -l\n```\n```rust\nrun(1)\n```\n") == ["other"]
    assert languages("```bash\nls -l\n```\n```json\n1\n```\n") == ["bash"]


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("x = run(1)\n", "python"),
        ("run(1)\n", "python"),
        ("def f(a):\n    return a\n", "python"),
        ("print 'a'\nimport os\n", "python"),
        (GO, "go"),
        ("const a = run(1);\nexport default a;\n", "javascript"),
        ("interface A { b: string }\nconst c = (d: string) => d;\n", "typescript"),
        ("#!/bin/bash\nset -e\nrun 1\n", "bash"),
    ],
)
def test_a_block_without_a_label_has_the_language_that_it_looks_like(code: str, language: str) -> None:
    assert languages(f"```\n{code}```") == [language]


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("def f(a):\n    return a\n", ["python"]),
        (GO, ["go"]),
        ("Say hello to all of them.", []),
        ("run(1)", []),
        (f"Here is what I would write for you, as you have asked me to:\n\n{GO}", []),
    ],
)
def test_a_reply_without_a_block_counts_only_where_all_of_it_is_a_program(reply: str, found: list[str]) -> None:
    assert languages(reply) == found


def test_of_a_session_at_the_prompt_what_was_typed_is_taken() -> None:
    [typed], _ = extracted("```\n>>> for a in b:\n...     run(a)\n...\n1\n>>>\n>>> run(2)\n2\n```")
    assert typed == Program("python", "for a in b:\n    run(a)\n\n\nrun(2)\n")
    [shell], _ = extracted("```sh\n$ ls $a\nb\n$ rm b\n```")
    assert shell == Program("bash", "ls $a\nrm b\n")
    [plain], _ = extracted("```sh\nls\n$ rm b\n```")
    assert plain.code == "ls\n$ rm b\n"


@pytest.mark.parametrize(
    ("reply", "is_open"),
    [
        ("```python\nrun(1)\n```", False),
        ("```python\nrun(1)\n", True),
        ("```python\nrun(1)\n```\n```js\nrun(2)", True),
        ("~~~\nrun(1)\n```\n", True),
        ("````\n```\nrun(1)\n````\n", False),
        ("no block", False),
    ],
)
def test_a_block_that_nothing_closes_is_open(reply: str, is_open: bool) -> None:
    assert ends_open(reply) is is_open


@pytest.mark.parametrize(
    ("language", "code", "readable"),
    [
        ("python", "x = 1\n", True),
        ("python", "match x:\n    case 1: pass\n", True),
        ("python", "print 'a'\n", True),
        ("python", "def f(:\n", False),
        ("python", "x = '\0'\n", False),
        ("javascript", "const a = 1;", True),
        ("javascript", "const a = = 1;", False),
        ("javascript", "x = 1 +", False),
        ("other", "what ever (", True),
    ],
)
def test_a_program_is_readable_where_its_grammar_fits_all_of_it(language: Language, code: str, readable: bool) -> None:
    assert is_readable(Program(language, code)) is readable


def test_a_program_that_is_broken_in_more_than_half_of_its_text_is_none() -> None:
    assert extracted("```js\n" + "run(1);\n" * 9 + "const = = ;\n```")[1] is None
    assert extracted("```js\n) ( ] [ } const = = = ; , , ,\nrun(1);\n```")[1] == "unparsable"
    assert extracted("```js\nrun(1);\n'\0'\n```")[1] == "unparsable"


@pytest.mark.parametrize(
    ("language", "code", "does"),
    [
        ("python", "x", False),
        ("python", "'text'", False),
        ("python", "x = 1", True),
        ("python", "run()", True),
        ("js", "a.b;", False),
        ("js", "a.b();", True),
        ("js", "const a = 1;", True),
        ("rust", "a", True),
    ],
)
def test_a_block_in_which_nothing_is_done_is_no_program(language: str, code: str, does: bool) -> None:
    assert bool(languages(f"```{language}\n{code}\n```")) is does


@pytest.mark.parametrize(
    ("code", "hollow"),
    [
        ("import os\nx = 1\n", False),
        ("import os\n", True),
        ("def f():\n    pass\n", True),
        ("def f():\n    return 1\n", False),
        ("def f():\n    'Do it.'\n", True),
        ("def f():\n    raise NotImplementedError\n", True),
        ("def f():\n    raise NotImplementedError('later')\n", True),
        ("def f():\n    raise ValueError\n", False),
        ("def f():\n    raise errors.NotImplementedError\n", False),
        ("def f():\n    try:\n        pass\n    except E:\n        raise\n", False),
        ("async def f():\n    ...\nX = 1\n", True),
        ("def f():\n    pass\n\nif __name__ == '__main__':\n    f()\n", True),
        ("def f():\n    pass\n\nif x:\n    f()\n", False),
        ("def f():\n    pass\n\nf()\n", False),
        ("class A:\n    b: int = 1\n    def f(self): ...\n", True),
        ("class A:\n    def f(self): return 1\n", False),
        ("class A:\n    run(1)\n", False),
        ("def f():\n    pass\n\ndef g():\n    return 1\n", False),
    ],
)
def test_an_outline_has_functions_without_a_body_and_nothing_else_that_does_anything(code: str, hollow: bool) -> None:
    assert is_hollow(code) is hollow


@pytest.mark.parametrize(
    ("language", "code", "hollow"),
    [
        ("javascript", "// later\n", True),
        ("javascript", "function f() {}\n", True),
        ("javascript", "f();\n", False),
        ("go", "package m\n\nfunc f() {}\n", True),
        ("go", "package m\n\nfunc f() int {\n\treturn 1\n}\n", False),
        ("python", "print 'a'\n", False),
        ("python", "def f(:\n", True),
    ],
)
def test_in_another_language_an_outline_calls_sets_and_returns_nothing(
    language: Language, code: str, hollow: bool
) -> None:
    assert is_hollow(code, language) is hollow
