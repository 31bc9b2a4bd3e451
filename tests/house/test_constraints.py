"""Constraints can be met: one pin a package, and none below what the package asks for."""

import tomllib
from collections import Counter
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = [Requirement(line) for line in LINES if line and not line.startswith("#")]


def test_each_package_is_pinned_once() -> None:
    assert [name for name, count in Counter(pin.name.lower() for pin in PINS).items() if count > 1] == []


def test_pins_are_what_the_package_may_be_installed_with() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    pinned = {pin.name.lower(): next(iter(pin.specifier)).version for pin in PINS}
    wrong = [
        str(need)
        for need in map(Requirement, asked)
        if (name := need.name.lower()) in pinned and pinned[name] not in need.specifier
    ]
    assert wrong == []
    assert [need.name for need in map(Requirement, asked) if need.name.lower() not in pinned] == []
