"""Has a subject changed since its baseline? Evidence that stays valid however often, and for how long, one looks.

Every look puts the items to the subject once more and takes each outcome's difference from the item's mean in the
baseline. All looks share that baseline, so their differences are not independent: a baseline that happened to be low
makes every later look high. A betting process over all looks would take that for a change (the naive rule, a test at
level alpha a look, goes off in most unchanged series of 50 looks; see the tests).

So each look, or window of looks, gives an e-value of its own: a bet on the items' differences, which are independent
of each other, whose expectation is at most 1 while nothing has changed. E-values under any dependence may be added
with weights that were fixed beforehand and sum to 1 (Vovk and Wang 2021, "E-values: calibration, combination and
applications"); the sum only grows, so by Markov's inequality it ever reaches 1/alpha with a probability of at most
alpha, at whatever look, over however many.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["BETS", "DriftMonitor", "Look", "log_evidence"]

BETS = (0.1, 0.3, 0.6, 0.9)
"""Shares of the capital that are bet on every item, mixed in equal parts; fixed, so that items may differ."""

_STEPS = 24
"""Halvings in the search for a bound."""


@dataclass(frozen=True)
class Look:
    """What one look at a subject says of its drift since the baseline."""

    number: int
    """From 1."""

    items: int
    """Differences that it rests on."""

    drift: float
    """Mean difference from the baseline, NaN without items."""

    low: float
    """Lower bound of a confidence sequence: all looks and series hold together with the stated probability."""

    high: float
    """Upper bound."""

    evidence: float
    """Logarithm, to base 10, of the evidence of a change that all looks so far add up to."""

    boundary: float
    """The same of what raises an alarm."""

    alarm: bool
    """Whether the evidence has reached the boundary, at this look or before."""


class DriftMonitor:
    """Watches one series of looks against a baseline.

    An alarm is false with a probability of at most alpha over all looks of all series together, if outcomes of an item
    are independent draws and unchanged since the baseline, or their mean over items is. Small drifts add up over
    windows of 1, 2, 4, ... looks; none can be told that is smaller than the baseline's own noise.

    Args:
        alpha: Probability of a false alarm over all looks of all series together.
        series: How many series are watched.

    Raises:
        ValueError: If `alpha` is not between 0 and 1, or there is no series.
    """

    def __init__(self, alpha: float = 0.05, series: int = 1) -> None:
        if not 0 < alpha < 1 or series < 1:
            raise ValueError(f"alpha must lie between 0 and 1 and series be 1 or more, got {alpha} and {series}")
        self._boundary = math.log(series / alpha)
        self._places: dict[str, int] = {}
        self._sums: list[npt.NDArray[np.float64]] = [np.zeros((2, 0))]
        self._total = -math.inf

    def look(self, differences: Mapping[str, float]) -> Look:
        """Take one more look.

        Args:
            differences: Item -> outcome less its mean in the baseline, each in [-1, 1]; an item that was not scored in
                both is left out. Any other independent differences that are 0 in expectation while nothing changes
                will do, such as those of an item in either arm.

        Raises:
            ValueError: If a difference lies outside [-1, 1].
        """
        self._keep(differences)
        number = len(self._sums) - 1
        spent = -math.log(number * (number + 1))  # 1/2 + 1/6 + 1/12 + ... = 1
        self._total = float(np.logaddexp(self._total, spent + self._evidence()))
        values = np.array(list(differences.values()))
        low, high = _bounds(values, self._boundary + math.log(2) - spent) if len(values) else (-1.0, 1.0)
        return Look(
            number=number,
            items=len(values),
            drift=float(values.mean()) if len(values) else math.nan,
            low=low,
            high=high,
            evidence=self._total / math.log(10),
            boundary=self._boundary / math.log(10),
            alarm=self._total >= self._boundary,
        )

    def _keep(self, differences: Mapping[str, float]) -> None:
        """Add a look to the running sums of differences and of how often an item was seen, shape (2, items)."""
        places = [self._places.setdefault(item, len(self._places)) for item in differences]
        sums = self._widened(self._sums[-1]).copy()
        sums[0, places] += list(differences.values())
        sums[1, places] += 1
        self._sums.append(sums)

    def _widened(self, sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.pad(sums, ((0, 0), (0, len(self._places) - sums.shape[1])))

    def _evidence(self) -> float:
        """Logarithm of this look's e-value: the mean over windows that end here, and over both directions."""
        found, width = [], 1
        while width < len(self._sums):
            total, times = self._sums[-1] - self._widened(self._sums[-1 - width])
            values = total[times > 0] / times[times > 0]
            found += [log_evidence(values), log_evidence(-values)]
            width *= 2
        return float(np.logaddexp.reduce(found)) - math.log(len(found))


def log_evidence(differences: npt.NDArray[np.float64], mean: float = 0.0) -> float:
    """Logarithm of the e-value against a mean difference of at most `mean`.

    The average over `BETS` of the product of 1 + b (x - m) / (1 + m). Its expectation is at most 1 for independent
    differences whose mean over items is at most m, also where they differ from item to item, since a product of
    expectations is at most the power of their mean.

    Args:
        differences: One an item, each in [-1, 1], shape (items,).
        mean: The mean that is held to be none exceeded, above -1.

    Raises:
        ValueError: If a difference lies outside [-1, 1].
    """
    if len(differences) and np.abs(differences).max() > 1 + 1e-9:
        raise ValueError("a difference must lie between -1 and 1")
    stakes = np.array(BETS)[:, None] * (differences - mean)[None, :] / (1 + mean)
    return float(np.logaddexp.reduce(np.log1p(stakes).sum(axis=1))) - math.log(len(BETS))


def _bounds(values: npt.NDArray[np.float64], limit: float) -> tuple[float, float]:
    """Means that the evidence of either direction leaves standing."""
    return _lowest(values, limit), -_lowest(-values, limit)


def _lowest(values: npt.NDArray[np.float64], limit: float) -> float:
    """The smallest mean against which the evidence stays below a limit; the evidence falls as the mean rises."""
    low, high = -1.0, float(values.mean())
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if log_evidence(values, middle) >= limit else (low, middle)
    return low
