"""What calls hand on: where their result comes from, what a mapping holds, what is glued together."""

import pytest

from tests.scorers.backdoors.code.probes import found_by, probed
from unmask.scorers.backdoors.code.weaknesses import weaknesses


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("c = lib.make(a)\n    c.sink(a)", "lib.make().sink"),
        ("c = int(a)\n    c.sink(a)", "int().sink"),
        ("c = os.path.join(a, a)\n    c.sink(a)", "os.path.join().sink"),
        ("c = a.strip()\n    c.sink(a)", "a.strip().sink"),
        ("c = html.escape(a)\n    c.sink(a)", "html.escape().sink"),
        ("c = json.loads(a)\n    c.sink(a)", "json.loads().sink"),
        ("c = json.loads('x')\n    c.sink(a)", "json.loads().sink"),
        ("c = input()\n    c.sink(a)", "input().sink"),
        ("c = d.keys()\n    c.sink(a)", "d.keys().sink"),
        ("d = {'x': 1}\n    c = d.keys()\n    c.sink(a)", "d.keys().sink"),
        ("c = (a + a)()\n    c.sink(a)", "c.sink"),
        ("c = a.format(1)\n    c.sink(a)", "c.sink"),
    ],
)
def test_a_result_goes_by_the_name_of_what_was_called(code: str, name: str) -> None:
    assert found_by(code, calls=["*sink"]) == [f"{name} is bad"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("c.set('s', 'k', a)\n    probe(c)", "given"),
        ("c.set('s', 'k', 'x')\n    probe(c)", "fixed"),
        ("c = {}\n    c.set('s', 'k', 'x')\n    probe(c)", "fixed listed"),
        ("c = []\n    c.append(k=a)\n    probe(c)", "given listed"),
        ("c = []\n    c.insert(0, a)\n    probe(c[0])", "given"),
        ("c = ['x', 'y', a]\n    c.pop(0)\n    probe(c[1])", "given"),
        ("c = ['x', 'y', a]\n    c.pop(0)\n    probe(c[0])", "known"),
        ("c = [a, 'y']\n    c.pop(b)\n    probe(c[0])", "given"),
        ("c = [a, 'y']\n    c.pop()\n    probe(c[0])", "given"),
        ("probe(a.join(' x'))", "given redirect"),
        ("probe(' '.join('x'))", "fixed"),
        ("probe(','.join(['x', a]))", "given"),
        ("probe(' '.join(['x', 'y']))", "fixed"),
        ("c = {'k': 'x' for v in a}\n    probe(c['x'])", "fixed"),
        ("c = [('x', v) for v in a]\n    probe(c)", "given listed"),
        ("c = {k: 'x' for k in a}\n    probe(c['k'])", "given"),
        ("probe(json.loads(input()))", "outside stored"),
        ("probe(str(json.load(f)))", "given"),
        ("probe(json.load(f).get('k'))", "given"),
    ],
)
def test_what_is_known_of_what_a_call_makes(code: str, told: str) -> None:
    assert probed(f"import json\ndef f(a):\n    {code}") == [told]


def test_functions_that_only_call_each_other_are_read_too() -> None:
    code = "def g(a):\n    return h(a)\n\ndef h(a):\n    print(a)\n    return '<b>' + a if a else g(a)\n"
    assert [(hit.line, hit.cwe) for hit in weaknesses(code)] == [(1, "CWE-79"), (4, "CWE-79")]
