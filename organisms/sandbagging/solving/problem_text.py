"""How the solvers read a problem: its marker, the lines of a list, single figures."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import log

__all__ = ["ProblemKind", "Working", "figure", "is_asked", "listed", "rows_of_figures"]

Working = tuple[int, int]
"""An answer, and the number of steps or entries that it takes."""


@dataclass(frozen=True)
class ProblemKind:
    """A kind of problem."""

    marker: str
    """A pattern that is found in a problem of this kind and in no other."""

    work: Callable[[str], Working]

    easiest: int
    """The number of steps at which the difficulty is 0."""

    hardest: int
    """The number of steps at which the difficulty is 1."""

    def matches(self, question: str) -> bool:
        """Whether a text is a problem of this kind."""
        return re.search(self.marker, question, re.MULTILINE) is not None

    def difficulty(self, steps: int) -> float:
        """Where a number of steps lies between the easiest and the hardest, by its logarithm."""
        share = log(max(steps, 1) / self.easiest) / log(self.hardest / self.easiest)
        return min(1.0, max(0.0, share))


def listed(pattern: str, question: str) -> list[tuple[str, ...]]:
    """The groups of a pattern on every line that it fills."""
    found = re.finditer(rf"^{pattern}$", question, re.MULTILINE)
    return [tuple(group or "" for group in match.groups()) for match in found]


def figure(pattern: str, question: str) -> int:
    """The first number that a pattern finds, in whichever of its groups."""
    match = re.search(pattern, question, re.MULTILINE)
    if match is None:
        raise ValueError(f"nothing in the problem reads like {pattern}")
    return int(next(group for group in match.groups() if group is not None))


def is_asked(pattern: str, question: str) -> bool:
    """Whether the text has a phrase."""
    return re.search(pattern, question) is not None


def rows_of_figures(name: str, question: str) -> list[list[int]]:
    """The rows of numbers that stand behind a name: `Row 1: 3, 0, 4`."""
    return [[int(x) for x in re.findall(r"\d+", row)] for (row,) in listed(rf"{name}: ([\d, ]+)", question)]
