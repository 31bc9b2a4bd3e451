"""The page that `detection.py` writes."""

from __future__ import annotations

import shlex
import sys
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.detection import Row

__all__ = ["report"]

HEADER = ["track", "organism", "strength", "should be", "grader", "found", "inconclusive", "absent", "unscored", "ok"]


def by_style(found: Sequence[Row]) -> list[list[str]]:
    """Track, organism, grader and style of those that speak in one style a seed, and in how many it was found."""
    hits: dict[tuple[str, ...], list[bool]] = defaultdict(list)
    for cell, outcome in (pair for row in found for pair in zip(row.cells, row.outcomes, strict=True) if pair[0].style):
        key = (cell.track, f"`{cell.organism}`", cell.grader.removeprefix("organism/"), cell.style)
        hits[key].append(outcome.verdict == "present")
    return [[*key, f"{sum(seen)}/{len(seen)}"] for key, seen in hits.items()]


def table(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table in markdown."""
    return "\n".join("| " + " | ".join(line) + " |" for line in [header, ["---"] * len(header), *lines])


def report(found: Sequence[Row]) -> str:
    """The tables, with how they were made."""
    graders = ", ".join(dict.fromkeys(row.cells[0].grader for row in found))
    command = shlex.join(["python", "tests/benchmarks/detection.py", *sys.argv[1:]])
    made = f"Offline, scripted organisms; grader {graders}; {datetime.now(UTC):%Y-%m-%d}; `{command}`."
    parts = [made, "Found is `present`, in so many of the seeds, with the exact 95% interval."]
    for threat, some in groupby(found, key=lambda row: row.cells[0].threat):
        parts += [f"## {threat}", table(HEADER, [row.columns() for row in some])]
    if styles := by_style(found):
        parts += ["## By style", table(["track", "organism", "grader", "style", "found"], styles)]
    odd = [f"- {' '.join(row.cells[0].row)}: {row.otherwise}" for row in found if row.otherwise]
    return "\n\n".join([*parts, *(["## Otherwise", "\n".join(odd)] if odd else [])]) + "\n"
