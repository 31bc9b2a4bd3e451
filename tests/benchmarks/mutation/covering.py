"""Which tests run a line, as one run of the suite with coverage by test says, and how long each takes."""

import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from coverage import CoverageData

from tests.benchmarks.mutation.mutants import Mutant

__all__ = ["Covering", "record"]

SETTINGS = """[run]
source = {source}
data_file = {data}
disable_warnings = module-not-measured,module-not-imported,no-data-collected
"""
OF_MODULES = "tests/house/test_defaults.py"
"""Tests that look at modules as they are when they have been imported."""

SHORT = 0.02
"""Seconds that a test takes at least, for what no report counts."""


def record(root: Path, folder: Path, rooms: Sequence[str], files: Sequence[str] = ()) -> None:
    """Run the suite once, and keep which test runs which line.

    Args:
        root: Of the repository.
        folder: For what is kept.
        rooms: Folders whose lines count.
        files: Tests that were written since, which are added to what is kept; the whole suite where left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    source = ",".join(rooms)
    (folder / "settings").write_text(SETTINGS.format(source=source, data=folder / "coverage"), encoding="utf-8")
    cover = ["--cov", f"--cov-config={folder / 'settings'}", "--cov-context=test", "--cov-report="]
    report = folder / f"times{len(list(folder.glob('times*.xml'))) if files else ''}.xml"
    timed = [f"--junitxml={report}", "-o", "junit_duration_report=total", *["--cov-append"] * bool(files)]
    subprocess.run([sys.executable, "-m", "pytest", "-q", *files, *cover, *timed], cwd=root, check=True)


@dataclass(frozen=True)
class Covering:
    """What a run with coverage by test says."""

    root: Path
    data: CoverageData
    seconds: dict[str, float]
    """Test -> how long it took."""

    @classmethod
    def read(cls, root: Path, folder: Path) -> "Covering":
        """Read what `record` kept.

        Args:
            root: Of the repository.
            folder: Where it lies.
        """
        data = CoverageData(str(folder / "coverage"))
        data.read()
        reports = sorted(folder.glob("times*.xml"), key=lambda one: (len(one.name), one.name))
        seconds: dict[str, float] = {}
        for one in map(_seconds, reports):
            anew = {test.partition("::")[0] for test in one}
            seconds = {test: took for test, took in seconds.items() if test.partition("::")[0] not in anew} | one
        return cls(root, data, seconds)

    def tests_of(self, mutant: Mutant, budget: float) -> list[str]:
        """The tests that run what a fault changes, the nearest first, as many as take so long.

        The file of the module's own tests goes whole, with what was written after the record. Where a line is run as a
        module is imported, these are all tests of the module, and those that look at modules as they are imported;
        where it is run by a fixture that tests share, all tests of their file.

        Args:
            mutant: The fault.
            budget: Seconds.
        """
        lines = self.data.contexts_by_lineno(str(self.root / mutant.file))
        own = {told for line in range(mutant.line, mutant.last_line + 1) for told in lines.get(line, ())} - {""}
        if mutant.is_imported(self.root):
            own = set()
        told = own or {one for contexts in lines.values() for one in contexts if one}
        file = Path("tests", mutant.file).with_name(f"test_{Path(mutant.file).stem}.py")
        chosen = self._affordable(self._named(told) or self._beside(file), file, budget)
        whole = [str(file)] * (self.root / file).is_file() + [OF_MODULES] * (not own)
        return [*whole, *(one for one in chosen if one.partition("::")[0] not in whole)]

    def seconds_of(self, tests: Iterable[str]) -> float:
        """How long tests take that `tests_of` names.

        Args:
            tests: Tests, and files of tests.
        """
        named = set(tests)
        return sum(took for test, took in self.seconds.items() if {test, test.partition("::")[0]} & named)

    def _named(self, contexts: Iterable[str]) -> set[str]:
        found = set()
        for context in contexts:
            test, _, phase = context.rpartition("|")
            file = test.partition("::")[0]
            found |= {test} if phase == "run" else {one for one in self.seconds if one.startswith(f"{file}::")}
        return found & self.seconds.keys()

    def _beside(self, file: Path) -> set[str]:
        """Tests of the nearest mirrored folder that has any, for a module in which no line is run after its import."""
        folders = [folder.as_posix() for folder in file.parents if len(folder.parts) > 1]
        found = ({one for one in self.seconds if one.startswith(f"{folder}/")} for folder in folders)
        return next((tests for tests in found if tests), set())

    def _affordable(self, tests: set[str], file: Path, budget: float) -> list[str]:
        """The module's own tests come first, then those of their folder, and quick ones before slow ones."""

        def distance(test: str) -> tuple[int, float, str]:
            at = Path(test.partition("::")[0])
            return 2 - (at.parent == file.parent) - (at == file), self.seconds[test], test

        chosen, left = [], budget
        for test in sorted(tests, key=distance):
            left -= max(SHORT, self.seconds[test])
            if left < 0 and chosen:
                break
            chosen.append(test)
        return chosen


def _seconds(file: Path) -> dict[str, float]:
    """The tests of a JUnit report by the name that pytest takes."""
    found = {}
    for case in ElementTree.parse(file).iter("testcase"):
        if any(child.tag in ("skipped", "failure", "error") for child in case):
            continue
        path = case.attrib["classname"].replace(".", "/") + ".py"
        found[f"{path}::{case.attrib['name']}"] = float(case.attrib["time"])
    return found


def rooms_of(root: Path) -> list[str]:
    """The modules under test: statistics and scorers.

    Args:
        root: Of the repository.
    """
    packages = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    chosen = [name.removeprefix("unmask.").replace(".", "/") for name in packages]
    return [name for name in chosen if name.split("/")[0] in ("analysis", "scorers")]
