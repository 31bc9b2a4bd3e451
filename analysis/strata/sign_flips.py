"""Exact tests of paired differences by sign flips, and the largest of them over strata.

Where there is no effect, the arms of a unit could be exchanged, which turns the sign of its difference and leaves its
size. So the sum of the differences is compared with the sums under every choice of signs (Fisher 1935), all of them: by
convolution, without draws. A unit is what was sampled independently, and its repeats move together.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

__all__ = ["SignFlips", "max_over_strata"]

_GRID = 2520
"""Differences are rounded to multiples of 1 / 2520, which holds all means of up to ten outcomes. Rounding changes as
its argument changes sign, so the test of what was rounded is exact too."""

_SLACK = 1 + 1e-9
"""What two equal probabilities may differ by after summation."""


@dataclass(frozen=True)
class SignFlips:
    """The sum of some differences among its values under all choices of signs."""

    differences: tuple[float, ...]
    """One a unit, treatment minus control."""

    @cached_property
    def p_above(self) -> float:
        """One-sided p-value against no effect, of a positive one; 1 where there is no unit."""
        return float(self._tails[self._place])

    @cached_property
    def p_value(self) -> float:
        """Two-sided p-value: twice the smaller of the one-sided ones, at most 1."""
        return min(1.0, 2 * min(self.p_above, float(self._tails[len(self._tails) - 1 - self._place])))

    def attainable(self, level: float) -> float:
        """The largest one-sided p-value up to `level` that some choice of signs gives; 0 where none does."""
        reached = self._tails[self._masses > 0]
        return float(max(reached[reached <= level * _SLACK], default=0.0))

    @cached_property
    def _steps(self) -> npt.NDArray[np.int64]:
        """Differences as whole numbers without a common divisor."""
        whole = np.rint(np.asarray(self.differences, dtype=float) * _GRID).astype(np.int64)
        steps: npt.NDArray[np.int64] = whole // max(1, int(np.gcd.reduce(whole, initial=0)))
        return steps

    @property
    def _place(self) -> int:
        """Where the observed sum stands among all sums."""
        return int(self._steps.sum() + np.abs(self._steps).sum())

    @cached_property
    def _masses(self) -> npt.NDArray[np.float64]:
        """Probability of every sum, from the lowest to the highest."""
        return _masses(tuple(sorted(np.abs(self._steps[self._steps != 0]).tolist())))

    @cached_property
    def _tails(self) -> npt.NDArray[np.float64]:
        """Probability of every sum or a higher one."""
        return np.minimum(np.cumsum(self._masses[::-1])[::-1], 1.0)


@lru_cache(maxsize=1024)
def _masses(steps: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Probability of every sum of the steps, each taken up or down."""
    masses = np.ones(1)
    for step in steps:
        spread = np.zeros(len(masses) + 2 * step)
        spread[2 * step :] += masses / 2
        spread[: len(masses)] += masses / 2
        masses = spread
    return masses


def max_over_strata(strata: Iterable[Sequence[float]]) -> float:
    """Test whether some stratum has a positive effect, with the error controlled over all of them.

    The smallest of the strata's one-sided p-values is compared with what the smallest would be under all choices of
    signs (Westfall and Young 1993), exactly, as strata are independent. A stratum whose arms never differ
    cannot be the smallest and costs nothing (Tarone 1990).

    Args:
        strata: The differences of each stratum's units.

    Returns:
        The p-value, doubled so as to be read like a two-sided one: up to alpha in at most alpha / 2 of the runs in
        which no stratum has a positive effect. NaN where there is no stratum.
    """
    tests = [SignFlips(tuple(units)) for units in strata]
    if not tests:
        return math.nan
    smallest = min(test.p_above for test in tests)
    chances = [test.attainable(smallest) for test in tests]
    if max(chances) == 1:
        return 1.0
    return min(1.0, -2 * math.expm1(math.fsum(math.log1p(-chance) for chance in chances)))
