"""What the readers make of a piece of a program, in each language: the small tree that the analysis goes through."""

from pathlib import Path
from typing import cast

import pytest

from unmask.protocol.files import read
from unmask.scorers.backdoors.code.reading.names import imports
from unmask.scorers.backdoors.code.reading.parsing import broken_share, parsed
from unmask.scorers.backdoors.code.reading.syntax import Language, Node, walk

READINGS = read(Path(__file__).with_name("readings.yaml"))["readings"]


def shown(node: Node) -> str:
    """A node in brackets: what it is, its name, its marks and arguments, and what is inside."""
    if node.op == "name":
        return node.name
    if node.op == "const":
        return repr(node.value)
    parts = [node.name, str(node.value or "") if node.op == "call" else "", *(f"@{shown(mark)}" for mark in node.marks)]
    for param in node.params:
        note, default = param.note.strip(": "), shown(param.default) if param.default else ""
        parts.append(param.name + f":{note}" * bool(note) + f"={default}" * bool(default))
    parts += [*map(shown, node.kids), *(f"{key}={shown(kid)}" for key, kid in node.named.items())]
    for word, body in (("do", node.body), ("else", node.orelse)):
        parts += [f"{word}[{' '.join(map(shown, body))}]"] if body else []
    return f"({' '.join([node.op, *filter(None, parts)])})"


@pytest.mark.parametrize("piece", READINGS, ids=[f"{n}-{one['language']}" for n, one in enumerate(READINGS)])
def test_a_piece_of_a_program_is_read_as_one_small_tree(piece: dict[str, str]) -> None:
    tree = parsed(piece["code"], cast("Language", piece["language"]))
    assert " ".join(map(shown, tree.body)) == piece["tree"]


def test_every_node_has_the_line_on_which_it_begins() -> None:
    tree = parsed("import os\n\ndef f(a):\n    if a:\n        return [\n            b]\n", "python")
    lines = {(node.op, node.name): node.line for node in walk(tree)}
    assert lines[("func", "f")] == 3
    assert (lines[("if", "")], lines[("return", "")], lines[("name", "b")]) == (4, 5, 6)


def test_a_function_is_kept_with_its_decorators_as_it_is_written_and_a_class_with_its_bases() -> None:
    tree = parsed(
        "@app.get('/a')\ndef f(a):\n    return a\n\n@b\nclass C(D):\n    e = 1\n    def g(self): pass\n", "python"
    )
    function, kind = tree.body
    assert function.text.startswith("@app.get")
    assert function.text.endswith("return a")
    assert (kind.text, kind.value) == ("(D)", "(D)\ne = 1")


def test_what_is_walked_comes_in_the_order_in_which_it_is_written() -> None:
    [tree] = parsed("@a\ndef f(b=c):\n    if d:\n        e(g, h=i)\n    else:\n        j\n", "python").body
    assert [node.name for node in walk(tree) if node.op == "name"] == ["a", "c", "d", "e", "g", "i", "j"]


@pytest.mark.parametrize(
    ("language", "code", "names"),
    [
        ("python", "import os", {"os": "os"}),
        ("python", "import os.path, sys as s", {"os": "os", "s": "sys"}),
        ("python", "import a.b as c", {"c": "a.b"}),
        ("python", "from a.b import c, d as e", {"c": "a.b.c", "e": "a.b.d"}),
        ("python", "from a import (\n    b,  # why\n    c as d,\n)", {"b": "a.b", "d": "a.c"}),
        ("python", "from . import a\nfrom .b import c", {"a": "a", "c": "b.c"}),
        ("javascript", "import a from 'b';", {"a": "b"}),
        ("javascript", "import * as a from 'node:fs';", {"a": "fs"}),
        ("javascript", "import {a, b as c} from 'd';", {"a": "d.a", "c": "d.b"}),
        ("javascript", "import a, {b} from 'c';", {"a": "c", "b": "c.b"}),
        ("typescript", "import {type A, b} from 'c';", {"A": "c.A", "b": "c.b"}),
        ("javascript", "import 'a';", {}),
        ("go", 'package m\nimport "os/exec"', {"exec": "os.exec"}),
        ("go", 'package m\nimport (\n\t"fmt"\n\tx "os/exec"\n)', {"fmt": "fmt", "x": "os.exec"}),
        ("bash", "import a", {}),
    ],
)
def test_an_import_says_what_its_names_stand_for(language: Language, code: str, names: dict[str, str]) -> None:
    assert imports(parsed(code, language), language) == names


@pytest.mark.parametrize(
    ("code", "language", "low", "high"),
    [
        ("", "python", 0, 0),
        ("x = 1\n", "python", 0, 0),
        ("    x = 1\n    y = 2\n", "python", 0, 0),
        ("const a = {b: 1};", "javascript", 0, 0),
        ("x = = 1\n" + "y = 1\n" * 9, "python", 0.001, 0.1),
        ("const a = (1;", "javascript", 0.001, 0.2),
        ("Dear all, this is no program; (is it)?", "python", 0.3, 1),
    ],
)
def test_how_much_of_a_text_a_grammar_cannot_read(code: str, language: Language, low: float, high: float) -> None:
    assert low <= broken_share(code, language) <= high
