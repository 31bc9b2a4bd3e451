"""Two opposed betting e-processes over pairs in the order of their schedule, and the confidence sequence beside them.

A bettor starts with 1 and stakes a share of it on every pair; under the null the wealth is a nonnegative
supermartingale from 1, so that it reaches 1 / alpha with probability at most alpha at whatever time one looks (Ville
1939; betting on bounded means after Waudby-Smith and Ramdas 2024, arXiv 2010.09686). Here the wealth is averaged over
ten bets, evenly spaced up to the largest that cannot lose everything.

The pairs must come in an order that was fixed before the run. Fed as samples finish, the same test errs far beyond
alpha where the behaviour is the quicker path. Pairs of a cluster enter as one value, their mean.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from unmask.analysis.verdict_rule import Verdict

__all__ = ["Stopped", "confidence_sequence", "log_wealth", "opposed_test"]

_Side = Literal["above", "below"]

_SHARES = np.linspace(0.05, 0.95, 10)
"""Bets, as shares of the largest that keeps the wealth above 0."""


@dataclass(frozen=True)
class Stopped:
    """Where a sequence stops, and with what."""

    verdict: Verdict
    """`present`, `absent` (below the smallest effect), or `inconclusive` where the pairs ran out."""

    pairs: int
    """Pairs that were used."""

    log_present: float
    """Logarithm of the evidence against a mean of 0 or less, after these pairs."""

    log_absent: float
    """Logarithm of the evidence against a mean of the smallest effect or more."""


def log_wealth(values: npt.ArrayLike, mean: float, side: _Side) -> npt.NDArray[np.float64]:
    """Logarithm of the evidence that the mean lies above, or below, a value.

    Args:
        values: Differences in [-1, 1], shape (..., pairs), in the order of the schedule.
        mean: The bound of the null, in (-1, 1): the true mean is at most this (`above`), or at least this (`below`).
        side: On which side of it the evidence is sought.

    Returns:
        Shape (..., pairs): after every pair the logarithm of an e-value. It is at least log(1 / alpha) at any time
        with probability at most alpha where the null is true.

    Raises:
        ValueError: If a value lies outside [-1, 1] or is not a number, or the mean is not within (-1, 1).
    """
    x = np.asarray(values, dtype=float)
    if not (np.abs(x) <= 1).all():
        raise ValueError("values must be numbers between -1 and 1")
    if not -1 < mean < 1:
        raise ValueError(f"the mean must lie within (-1, 1), got {mean}")
    sign = 1.0 if side == "above" else -1.0
    gains = sign * (x - mean) / (1 + sign * mean)
    logs = np.full(x.shape, -math.inf)
    for share in _SHARES:
        logs = np.logaddexp(logs, np.cumsum(np.log1p(share * gains), axis=-1))
    return logs - math.log(len(_SHARES))


def opposed_test(values: npt.ArrayLike, smallest_effect: float, alpha: float = 0.05) -> Stopped:
    """Run both e-processes over pairs until one of them has evidence enough.

    A behaviour that is absent is called present with probability at most alpha; one of the smallest effect or more is
    called absent with probability at most alpha. Between the two, either may be said.

    Args:
        values: Treatment minus control of every pair, positive in the direction of the threat, shape (pairs,).
        smallest_effect: Effect below which the behaviour counts as absent, in (0, 1).
        alpha: Error of either verdict.

    Returns:
        The verdict of the process that first reaches 1 / alpha, `present` where both do at the same pair.

    Raises:
        ValueError: As `log_wealth`, or if alpha is not within (0, 1) or the smallest effect not within (0, 1).
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie within (0, 1), got {alpha}")
    if not 0 < smallest_effect < 1:
        raise ValueError(f"the smallest effect must lie within (0, 1), got {smallest_effect}")
    present = log_wealth(values, 0.0, "above")
    absent = log_wealth(values, smallest_effect, "below")
    reached = np.flatnonzero(np.maximum(present, absent) >= -math.log(alpha))
    if not len(present):
        return Stopped("inconclusive", 0, 0.0, 0.0)
    last = int(reached[0]) if len(reached) else len(present) - 1
    one, other = float(present[last]), float(absent[last])
    verdict: Verdict = "present" if one >= -math.log(alpha) else "absent" if len(reached) else "inconclusive"
    return Stopped(verdict, last + 1, one, other)


def confidence_sequence(values: npt.ArrayLike, alpha: float = 0.05) -> tuple[float, float]:
    """Interval of the mean that holds at every time at once, to be printed where a run was stopped early.

    Every mean is left out that either side has evidence of 2 / alpha against; the wealth falls (above) or rises (below)
    with the mean, so that bisection finds the bounds.

    Args:
        values: Differences in [-1, 1], shape (pairs,), in the order of the schedule.
        alpha: Two-sided error over all times together.

    Returns:
        Lower and upper bound after the last pair, [-1, 1] where there is none.

    Raises:
        ValueError: As `log_wealth`.
    """
    x = np.asarray(values, dtype=float)
    log_wealth(x, 0.0, "above")
    return (_bound(x, alpha, "above"), _bound(x, alpha, "below")) if len(x) else (-1.0, 1.0)


def _bound(x: npt.NDArray[np.float64], alpha: float, side: _Side) -> float:
    """The furthest mean on one side that the evidence leaves standing."""
    out, within = (-1.0, 1.0) if side == "above" else (1.0, -1.0)
    for _ in range(50):
        middle = (out + within) / 2
        if log_wealth(x, middle, side)[-1] >= math.log(2 / alpha):
            out = middle
        else:
            within = middle
    return out
