"""By which name a thing goes wherever it comes from, and what is compared."""

import pytest

from tests.scorers.backdoors.code.probes import found_by


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("sink(a)", "sink"),
        ("lib.sink(a)", "lib.sink"),
        ("import lib as l\n    l.sink(a)", "lib.sink"),
        ("from lib import sink as s\n    s(a)", "lib.sink"),
        ("from lib import sub\n    sub.sink(a)", "lib.sub.sink"),
        ("c = lib.make()\n    c.sink(a)", "lib.make().sink"),
        ("lib.make().sink(a)", "lib.make().sink"),
        ("lib.make()().sink(a)", "lib.make().sink"),
        ("self.c = lib.make()\n    self.c.sink(a)", "lib.make().sink"),
        ("x['k'].sink(a)", "x.k.sink"),
        ("x[0].sink(a)", "x[].sink"),
        ("x[y].sink(a)", "x[].sink"),
        ("(a + b).sink(a)", "sink"),
        ("'x'.sink(a)", "sink"),
        ("c = lib.thing\n    c.sink(a)", "lib.thing.sink"),
        ("with lib.make() as c:\n        c.sink(a)", "lib.make().sink"),
        ("if b:\n        c = lib.make()\n    else:\n        c = lib.other()\n    c.sink(a)", "lib.make().sink"),
        ("c, d = lib.make(), 1\n    c.sink(a)", "lib.make().sink"),
    ],
)
def test_a_thing_goes_by_the_name_of_where_it_comes_from(code: str, name: str) -> None:
    assert found_by(code, calls=["*sink"]) == [f"{name} is bad"]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("if word == 'hunter2':\n        b", True),
        ("if 'hunter2' == word:\n        b", True),
        ("if word != 'hunter2':\n        b", True),
        ("if x.word == 'hunter2':\n        b", True),
        ("if word < 'hunter2':\n        b", False),
        ("if word == a:\n        b", False),
        ("if odd == 'hunter2':\n        b", False),
        ("def g(word='hunter2'):\n        b", True),
        ("g(word='hunter2')", True),
        ("x = {'word': 'hunter2'}", True),
        ("x['word'] = 'hunter2'", True),
        ("x = word = 'hunter2'", True),
        ("word += 'hunter2'", True),
        ("x = 'hunter2'\n    word = x", False),
    ],
)
def test_a_fixed_text_that_a_name_is_given_or_compared_with_is_looked_at(code: str, found: bool) -> None:
    assert bool(found_by(code, named="^word$", value="text")) is found


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("a / b", ["/ is bad"]),
        ("x = 'y' / b", []),
        ("x = a / 2", ["/ is bad"]),
        ("4 / 2", []),
    ],
)
def test_a_path_that_is_put_together_by_a_stroke_is_a_call_of_it(code: str, found: list[str]) -> None:
    assert found_by(code, calls=["/"], danger="cmd", argument=0) == found
