"""Each thing that a rule can say, on a rule that says nothing else."""

from typing import Any

import pytest

from tests.scorers.backdoors.code.probes import lines_found_by
from unmask.scorers.backdoors.code.weakness_rules import fits


@pytest.mark.parametrize(
    ("told", "code", "found"),
    [
        ({}, "sink(1)", True),
        ({}, "odd(1)", False),
        ({"where": {"k": True}}, "sink(k=True)", True),
        ({"where": {"k": True}}, "sink(k=False)", False),
        ({"where": {"k": True}}, "sink(k=1)", False),
        ({"where": {"k": True}}, "sink()", False),
        ({"where": {"k": True}}, "sink(k=a)", False),
        ({"where": {"k": 1}}, "sink(k=1)", True),
        ({"where": {"k": 1}}, "sink(k=True)", False),
        ({"where": {"k": None}}, "sink(k=None)", True),
        ({"where": {"k": None}}, "sink(k=0)", False),
        ({"where": {"k": "x"}}, "sink(k='X')", True),
        ({"where": {"k": "x"}}, "sink(k='y')", False),
        ({"where": {"k": "x"}}, "sink(k=lib.x)", True),
        ({"where": {"k": "x"}}, "sink(k=x.lib)", False),
        ({"where": {"k": ["x", "y"]}}, "sink(k='y')", True),
        ({"where": {"k": ["x", "y"]}}, "sink(k='z')", False),
        ({"where": {"0": "x"}}, "sink('x')", True),
        ({"where": {"1": "x"}}, "sink('y', 'x')", True),
        ({"where": {"0": "x", "k": 1}}, "sink('x')", False),
        ({"where": {"k": True}}, "o = {'k': True}\n    sink(**o)", True),
        ({"where": {"k": True}}, "sink({'k': True})", True),
        ({"where": {"0": True}}, "sink([True])", False),
        ({"unless": {"k": True}}, "sink()", True),
        ({"unless": {"k": True}}, "sink(k=True)", False),
        ({"unless": {"k": True}}, "sink(k=False)", True),
        ({"unless": {"k": "given"}}, "sink(k=False)", False),
        ({"unless": {"k": "given"}}, "sink(l=False)", True),
        ({"danger": "cmd"}, "sink(a)", True),
        ({"danger": "cmd"}, "sink('x')", False),
        ({"danger": "cmd"}, "sink('x', k=a)", True),
        ({"danger": "cmd"}, "sink(other)", False),
        ({"danger": "cmd", "least": "unknown"}, "sink(other)", True),
        ({"danger": "cmd", "least": "outside"}, "sink(a)", False),
        ({"danger": "cmd", "least": "outside"}, "sink(input())", True),
        ({"danger": "cmd", "argument": 0}, "sink('x', a)", False),
        ({"danger": "cmd", "argument": 1}, "sink('x', a)", True),
        ({"danger": "cmd", "argument": 1}, "sink(a)", False),
        ({"danger": "cmd", "argument": 1}, "sink(k=a)", False),
        ({"danger": "cmd", "argument": 0}, "sink(k=a)", True),
        ({"danger": "cmd", "argument": "k"}, "sink(k=a)", True),
        ({"danger": "cmd", "argument": "k"}, "sink(a)", False),
        ({"danger": "cmd", "argument": "k"}, "sink(l=a)", False),
        ({"traits": ["query"]}, "sink('SELECT x FROM ' + a)", True),
        ({"traits": ["query"]}, "sink(a)", False),
        ({"traits": ["query", "joined"]}, "sink('x/' + a)", True),
        ({"danger": "sql", "traits": ["guessable"]}, "import random\n    sink(random.random())", False),
        ({"danger": "cmd", "without": ["assembled"]}, "sink('x ' + a)", False),
        ({"danger": "cmd", "without": ["assembled"]}, "sink(a)", True),
        ({"mask": 0o22}, "sink(0o777)", True),
        ({"mask": 0o22}, "sink(0o755)", False),
        ({"mask": 0o22}, "sink(0o020)", True),
        ({"mask": 1}, "sink(True)", False),
        ({"mask": 1}, "sink('1')", False),
        ({"mask": 1}, "sink(a)", False),
        ({"lacks": 0o77}, "sink(0o077)", False),
        ({"lacks": 0o77}, "sink(0o177)", False),
        ({"lacks": 0o77}, "sink(0o022)", True),
        ({"lacks": 0o77}, "sink(0)", True),
        ({"lacks": 0o77}, "sink(a)", False),
        ({"matches": "^x"}, "sink('xy')", True),
        ({"matches": "^x"}, "sink('yx')", False),
        ({"matches": "^x"}, "sink(['y', 'x'])", True),
        ({"matches": "^1"}, "sink(12)", True),
        ({"matches": "^x"}, "sink(a)", False),
        ({"near": "cash"}, "sink(1)", False),
        ({"near": "cash"}, "sink(cash)", True),
    ],
)
def test_a_rule_of_calls_holds_where_all_that_it_says_does(told: dict[str, Any], code: str, found: bool) -> None:
    assert bool(lines_found_by(code, calls=["sink"], **told)) is found


@pytest.mark.parametrize(
    ("code", "found"), [("a.sink()", True), ("x = 'y'\n    x.sink()", False), ("other.sink(a)", False)]
)
def test_a_rule_may_look_at_the_object_whose_method_is_called(code: str, found: bool) -> None:
    assert bool(lines_found_by(code, calls=["*sink"], danger="cmd", receiver=True)) is found


@pytest.mark.parametrize(
    ("told", "code", "found"),
    [
        ({"danger": "cmd"}, "word = a", True),
        ({"danger": "cmd"}, "word = 'x'", False),
        ({"danger": "cmd"}, "odd = a", False),
        ({"danger": "cmd"}, "f(word=a)", True),
        ({"danger": "cmd"}, "x = {'word': a}", True),
        ({"danger": "cmd"}, "x['word'] = a", True),
        ({"danger": "cmd"}, "word['x'] = a", True),
        ({"danger": "cmd"}, "x.word = a", True),
        ({"danger": "cmd"}, "x, word = 'y', a", True),
        ({"danger": "cmd"}, "word, x = 'y', a", False),
        ({"traits": ["guessable"]}, "import random\n    word = random.random()", True),
        ({"traits": ["guessable"]}, "word = a", False),
        ({"value": False}, "word = False", True),
        ({"value": False}, "word = True", False),
        ({"value": False}, "word = 0", False),
        ({"value": "lax"}, "word = lib.lax", True),
        ({"value": "lax"}, "word = lib.strict", False),
        ({"value": "lax"}, "word = a", False),
    ],
)
def test_a_rule_of_names_holds_where_one_is_given_such_a_value(told: dict[str, Any], code: str, found: bool) -> None:
    assert bool(lines_found_by(code, named="^word$", **told)) is found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("'hunter2'", True),
        ("'abcd'", True),
        ("'abc'", False),
        ("''", False),
        ("'Bearer abcd'", True),
        ("'Bearer abc'", False),
        ("'Basic abcd'", True),
        ("'two words'", False),
        ("'/run/secrets/x'", False),
        ("'https://x.example'", False),
        ("'DB_PASSWORD'", False),
        ("'x-api-key'", False),
        ("'db password'", False),
        ("'changeme'", False),
        ("'your-key-here'", False),
        ("'xxxx'", False),
        ("'****'", False),
        ("a", False),
        ("1234", False),
        ("a or 'hunter2'", True),
        ("a and 'hunter2'", False),
        ("'hunter2' if a else b", True),
        ("b if a else 'hunter2'", True),
        ("b if 'hunter2' else a", False),
        ("os.environ.get('KEY')", False),
        ("os.environ.get('KEY', 'hunter2')", True),
        ("os.environ.get('hunter2')", False),
        ("os.environ.get('KEY', default='hunter2')", True),
        ("odd('KEY', 'hunter2')", False),
        ("'hunter2'.encode()", True),
        ("bytes('hunter2', 'utf8')", True),
        ("SecretStr('hunter2')", True),
        ("odd('hunter2')", False),
        ("('x', 'hunter2')", True),
        ("['x', 'hunter2']", False),
        ("()", False),
    ],
)
def test_a_secret_is_a_fixed_text_that_is_no_word_for_one_and_no_place(value: str, found: bool) -> None:
    assert bool(lines_found_by(f"word = {value}", named="^word$", value="text")) is found


@pytest.mark.parametrize(
    ("code", "found"),
    [("x = lib.Bad", True), ("f(lib.Bad)", True), ("x = lib.Good", False), ("from lib import Bad\n    x = Bad", True)],
)
def test_a_rule_of_uses_holds_where_a_name_is_handed_on(code: str, found: bool) -> None:
    assert bool(lines_found_by(code, uses=["lib.Bad"])) is found


def test_a_rule_of_texts_holds_for_a_fixed_text_and_quotes_its_beginning() -> None:
    assert lines_found_by("x = 'odd'", texts="^bad") == []
    assert lines_found_by("x = 12", texts="1") == []
    assert lines_found_by(f"x = 'bad{'!' * 80}'", texts="^bad") == [(1, f"bad{'!' * 57} is bad")]


def test_a_finding_has_the_line_and_the_name_of_what_was_called() -> None:
    assert lines_found_by("\n    lib.sink(a)", calls=["*sink"]) == [(2, "lib.sink is bad")]
    assert lines_found_by("a[0].sink(a)", calls=["*sink"]) == [(1, "a[].sink is bad")]
    assert lines_found_by("(a + a).sink()", calls=["*sink"]) == [(1, "sink is bad")]


def test_what_a_function_returns_can_be_looked_at() -> None:
    assert lines_found_by("return a", calls=["return"], danger="cmd") == [(0, "return is bad")]
    assert lines_found_by("return 'x'", calls=["return"], danger="cmd") == []
    assert lines_found_by("return a", named="^f\\(\\)$", danger="cmd") == [(0, "f() is bad")]


@pytest.mark.parametrize(
    ("name", "patterns", "fit"),
    [
        ("a.b", ["a.b"], True),
        ("a.b", ["a"], False),
        ("a.b", ["*.b"], True),
        ("a.b", ["x", "a.*"], True),
        ("a[]", ["a[]"], True),
        ("ab", ["a[b]"], False),
        ("", ["*"], False),
        ("a", [], False),
    ],
)
def test_a_star_in_a_pattern_stands_for_anything(name: str, patterns: list[str], fit: bool) -> None:
    assert fits(name, patterns) is fit
