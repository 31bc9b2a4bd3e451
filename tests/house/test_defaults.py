"""What holds in all statistics and scorers where nothing is said: an error of .05, a power of .8; and fixed records."""

import dataclasses
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
NEED_AN_EXTRA = {"unmask.analysis.white_box.linear_probe"}
CHANGING = {
    "unmask.scorers.backdoors.code.handlers._Handler",
    "unmask.scorers.backdoors.code.reading.syntax.Node",
    "unmask.scorers.judge.kept_answers.KeptAnswer",
}
"""Records that are filled as the work goes on."""


def modules() -> Iterator[ModuleType]:
    for room in ("analysis", "scorers"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = ".".join(["unmask", *path.relative_to(ROOT).with_suffix("").parts]).removesuffix(".__init__")
            if name not in NEED_AN_EXTRA:
                yield importlib.import_module(name)


MODULES = list(modules())


def defaults(parameter: str) -> dict[str, object]:
    """What a parameter is where it is left out, by the function that takes it."""
    found = {}
    for module in MODULES:
        for name, one in inspect.getmembers(module, inspect.isfunction):
            told = inspect.signature(one).parameters.get(parameter)
            if one.__module__ == module.__name__ and told is not None and told.default is not told.empty:
                found[f"{module.__name__}.{name}"] = told.default
    return found


def test_the_error_is_one_in_twenty_where_none_is_given() -> None:
    found = defaults("alpha")
    assert len(found) > 40
    assert {name: value for name, value in found.items() if value not in (0.05, None)} == {}


def test_the_power_is_four_in_five_where_none_is_given() -> None:
    found = defaults("power")
    assert found
    assert set(found.values()) == {0.8}


def test_each_grader_is_asked_once_where_nothing_is_said() -> None:
    found = defaults("votes")
    assert found
    assert set(found.values()) == {1}


@pytest.mark.parametrize(
    ("parameter", "values"), [("direction", {1}), ("runs", {2000}), ("seed", {0}), ("folds", {5}), ("bins", {10})]
)
def test_what_else_is_taken_where_nothing_is_said(parameter: str, values: set[object]) -> None:
    assert set(defaults(parameter).values()) == values


def test_records_cannot_be_changed() -> None:
    records = [
        one
        for module in MODULES
        for _, one in inspect.getmembers(module, dataclasses.is_dataclass)
        if isinstance(one, type) and one.__module__ == module.__name__
    ]
    assert len(records) > 40
    loose = {
        f"{one.__module__}.{one.__qualname__}"
        for one in records
        if not one.__dataclass_params__.frozen  # type: ignore[attr-defined]
    }
    assert loose == CHANGING
