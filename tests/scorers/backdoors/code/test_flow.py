"""Which functions of a program are read, and with which arguments; what branches and classes do to what is known."""

import pytest

from tests.scorers.backdoors.code.probes import probed


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("def odd(b):\n    probe(b)\nx.odd('y')", "known"),
        ("def get(b):\n    probe(b)\nx.get('y')", "given"),
        ("def get(b):\n    probe(b)\nget('y')", "known"),
        ("class C:\n    def get(self, b):\n        probe(b)\n    def h(self):\n        self.get('y')", "known"),
        ("def odd(b):\n    probe(b)\nmap(odd, ['y'])", "fixed listed"),
        ("def odd(b):\n    probe(b)\nmap(other, odd)", "given"),
        ("@mark\ndef odd(b):\n    probe(b)\nodd(ROOT)", "given"),
        ("@app.post('/x')\ndef odd(b):\n    probe(b)\nodd(ROOT)", "outside"),
        ("@app.post\ndef odd(b):\n    probe(b)", "given"),
        ("def odd(b):\n    probe(b)\ndef odd2():\n    odd('y')", "known"),
        ("def odd(b):\n    if b:\n        odd(b)\n    probe(b)\nodd('y')", "known"),
        ("def odd(b):\n    def inner(c):\n        probe(c)\n    inner(b)\nodd('y')", "known"),
        ("def odd(b):\n    probe(b)\nodd(odd2)\n", "unknown"),
    ],
)
def test_a_function_that_the_program_calls_is_read_with_what_it_gives_and_any_other_with_what_a_stranger_may(
    code: str, told: str
) -> None:
    assert probed(code) == [told]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("class C:\n    def g(self):\n        probe(self.a)\n    def __init__(self):\n        self.a = 'x'", "known"),
        ("class C:\n    def g(self):\n        probe(self.a)\n    a = 'x'", "known"),
        (
            "class C:\n    a = 'x'\n    def __init__(self):\n        self.b = self.a\n    def g(self): probe(self.b)",
            "known",
        ),
        (
            "class C:\n    def __init__(self, a: int):\n        self.a = a\n    def g(self):\n        probe(self.a)",
            "unknown cmd path html url redirect regex log",
        ),
        ("class C:\n    def g(self):\n        self.a = 'x'\n    def h(self):\n        probe(self.a)", "unknown"),
        ("class C:\n    def __init__(self):\n        a = 'x'\n    def g(self):\n        probe(a)", "unknown"),
        ("class C:\n    def g(self, b):\n        probe(b)\nclass D:\n    def h(self):\n        self.c.g('x')", "known"),
        ("import enum\nclass C(enum.Flag):\n    A = 1\ndef f(c: C):\n    probe(c)", "fixed"),
        ("class C(Base):\n    A = 1\ndef f(c: C):\n    probe(c)", "given"),
    ],
)
def test_what_a_class_sets_up_is_known_in_its_methods(code: str, told: str) -> None:
    assert probed(code) == [told]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("if a not in OK:\n        with b:\n            return\n    probe(a)", "fixed"),
        ("if a not in OK:\n        with b:\n            c\n    probe(a)", "given"),
        ("for c in d:\n        if a not in OK:\n            break\n        probe(a)", "fixed"),
        ("if a not in OK:\n        b = 1\n        raise E\n    probe(a)", "fixed"),
        ("if a not in OK:\n        raise E\n        b = 1\n    probe(a)", "given"),
        ("if a in OK:\n        pass\n    else:\n        raise E\n    probe(a)", "fixed"),
        ("if a in OK:\n        raise E\n    else:\n        pass\n    probe(a)", "given"),
        ("if b:\n        c = a\n        raise E\n    else:\n        c = 'x'\n    probe(c)", "known"),
        ("if b:\n        c = 'x'\n    else:\n        c = a\n    probe(c)", "given"),
        ("if b:\n        c = 'x'\n    elif d:\n        c = 'y'\n    else:\n        c = 'z'\n    probe(c)", "fixed"),
        ("if b:\n        c = a\n    probe(c)", "given"),
        ("c = 'x'\n    if b:\n        d = 1\n    probe(c)", "known"),
        ("if 0:\n        c = a\n    else:\n        c = 'x'\n    probe(c)", "known"),
        ("if 1:\n        c = a\n    else:\n        c = 'x'\n    probe(c)", "given"),
        ("if a not in OK and b:\n        return\n    probe(a)", "given"),
        ("if not a in OK:\n        return\n    probe(a)", "fixed"),
        ("if (c := a) not in OK:\n        return\n    probe(c)", "fixed"),
        (
            "match a:\n        case 1:\n            c = a\n        case _:\n            c = 'x'\n    probe(c)",
            "given",
        ),
        ("match 'k':\n        case _:\n            c = 'x'\n    probe(c)", "known"),
        ("match 3:\n        case 4:\n            c = a\n        case 3:\n            c = 'x'\n    probe(c)", "known"),
        (
            "match 'k':\n        case d:\n            c = a\n        case 'k':\n            c = 'x'\n    probe(c)",
            "given",
        ),
        ("return probe(a)", "given"),
        ("yield probe(a)", "given"),
        ("assert probe(a)", "given"),
        ("while probe(a):\n        b", "given"),
        ("with probe(a):\n        b", "given"),
        ("for b in probe(a):\n        c", "given"),
        ("raise probe(a)", "given"),
        ("b = [probe(c) for c in a]", "given"),
        ("b = {'k': probe(a)}", "given"),
        ("b[probe(a)] = 1", "given"),
        ("b = 'x' if probe(a) else 'y'", "given"),
        ("if probe(a):\n        b\n", "given"),
        ("if b:\n        c\n    elif probe(a):\n        d\n", "given"),
        ("del b[probe(a)]", "given"),
        ("b = lambda: probe(a)", "given"),
        ("b(c=probe(a))", "given"),
        ("b(*probe(a))", "given"),
        ("b = f'{probe(a)}'", "given"),
        ("b = not probe(a)", "given"),
        ("b = c == probe(a)", "given"),
        ("try:\n        b\n    finally:\n        probe(a)", "given"),
        ("try:\n        b\n    except E:\n        probe(a)", "given"),
        ("match probe(a):\n        case 1:\n            b", "given"),
        ("match b:\n        case 1:\n            probe(a)", "given"),
        ("@probe(a)\n    def g(): b", "given"),
        ("class C:\n        b = probe(a)", "given"),
        ("async with probe(a) as c:\n        b", "given"),
    ],
)
def test_every_place_of_a_program_is_read_and_branches_are_ways_beside_each_other(body: str, told: str) -> None:
    assert probed(f"def f(a):\n    {body}") == [told]


def test_a_handler_that_gives_what_can_be_guessed_tells_so() -> None:
    assert probed("const f = () => Math.random();\nprobe(f);", "javascript") == ["fixed guessable"]
    assert probed("const f = () => 'x';\nprobe(f);", "javascript") == ["fixed"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("a.b = function g(x) { probe(x); };", "given"),
        ("a.b = function g(x) { probe(x); };\ng('y');", "known"),
        ("a.b = function (x) { probe(x); };\ng('y');", "given"),
    ],
)
def test_a_function_that_stands_where_a_value_does_is_read_as_one_that_nobody_calls(code: str, told: str) -> None:
    assert probed(code, "javascript") == [told]
