"""Confidence intervals of rates and of differences of paired rates that stay honest for rare events.

Intervals of means over items that resemble each other are in `clusters`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

__all__ = ["PairedTable", "critical_value", "newcombe", "rate", "unit_rate", "wilson"]

# `scipy.special` is slow to import, which every task would pay at start-up: it is imported inside the
# functions that need a quantile or a tail of the beta or t distribution.


class PairedTable(NamedTuple):
    """Items by outcome in both arms."""

    both: int
    """Items that show the behaviour in both arms."""

    treatment_only: int
    """Items that show it under treatment alone."""

    control_only: int
    """Items that show it under control alone."""

    neither: int
    """Items that never show it."""


def rate(successes: float, n: int, alpha: float = 0.05) -> tuple[float, float]:
    """Exact interval of a single rate (Clopper and Pearson 1934).

    Args:
        successes: Number of items that showed the behaviour; one that showed it in part counts in part.
        n: Number of items.
        alpha: Two-sided significance level; pass twice the value for a one-sided bound.

    Returns:
        Lower and upper bound, NaN where `n` is 0.

    Raises:
        ValueError: If `successes` is not between 0 and `n`.
    """
    from scipy.special import betaincinv

    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie between 0 and {n}, got {successes}")
    if n == 0:
        return math.nan, math.nan
    low = betaincinv(successes, n - successes + 1, alpha / 2) if successes else 0.0
    high = betaincinv(successes + 1, n - successes, 1 - alpha / 2) if successes < n else 1.0
    return float(low), float(high)


def unit_rate(shares: Sequence[float], alpha: float = 0.05) -> tuple[float, float]:
    """Exact interval of a rate over units, each of which counts once however often it was repeated.

    Repeats of a unit, such as the wordings of a scenario, are not independent: their mean is one observation. A sum of
    these that is not whole is rounded outward, down for the lower bound and up for the upper one.

    Args:
        shares: One share a unit, 0 to 1: the mean over its repeats.
        alpha: Two-sided significance level.

    Returns:
        Lower and upper bound by `rate`, NaN where there is no unit.
    """
    events = round(math.fsum(shares), 9)
    return rate(math.floor(events), len(shares), alpha)[0], rate(math.ceil(events), len(shares), alpha)[1]


def critical_value(alpha: float, df: float = math.inf) -> float:
    """Two-sided critical value of t, or of the normal where `df` is infinite.

    Args:
        alpha: Two-sided significance level.
        df: Degrees of freedom.

    Returns:
        The quantile at 1 - alpha / 2.
    """
    from scipy.special import stdtrit

    if math.isinf(df):
        return -NormalDist().inv_cdf(alpha / 2)
    return float(-stdtrit(df, alpha / 2))


def wilson(proportion: float, n: float, critical: float) -> tuple[float, float]:
    """Score interval of a proportion (Wilson 1927).

    Args:
        proportion: Observed proportion, 0 to 1.
        n: Number of items, or an effective number that need not be whole.
        critical: Critical value, such as 1.96.

    Returns:
        Lower and upper bound.
    """
    z2 = critical**2 / n
    centre = (proportion + z2 / 2) / (1 + z2)
    half = math.sqrt(z2 * proportion * (1 - proportion) + z2**2 / 4) / (1 + z2)
    return centre - half, centre + half


def newcombe(
    table: PairedTable, alpha: float = 0.05, *, design_effect: float = 1.0, df: float = math.inf
) -> tuple[float, float]:
    """Interval of the difference of paired proportions (Newcombe 1998, method 10).

    Args:
        table: Counts of items.
        alpha: Two-sided significance level.
        design_effect: Factor by which clusters of items inflate the variance.
        df: Degrees of freedom of the critical value.

    Returns:
        Lower and upper bound of treatment minus control, NaN where there are no items.
    """
    count = sum(table)
    if count == 0:
        return math.nan, math.nan
    both, treatment_only, control_only, neither = (cell / count for cell in table)
    treatment, control = both + treatment_only, both + control_only
    n, critical = count / design_effect, critical_value(alpha, df)
    low_t, high_t = wilson(treatment, n, critical)
    low_c, high_c = wilson(control, n, critical)
    phi = _phi(treatment, control, both * neither - treatment_only * control_only, n)
    effect = treatment - control
    below = _combined(treatment - low_t, high_c - control, phi)
    above = _combined(high_t - treatment, control - low_c, phi)
    return max(-1.0, effect - below), min(1.0, effect + above)


def _phi(treatment: float, control: float, covariance: float, n: float) -> float:
    """Correlation of the arms, its positive values corrected for continuity."""
    scale = math.sqrt(treatment * (1 - treatment) * control * (1 - control))
    if scale == 0:
        return 0.0
    return (max(covariance - 1 / (2 * n), 0.0) if covariance > 0 else covariance) / scale


def _combined(one: float, other: float, phi: float) -> float:
    """Distance of a bound from the estimate, given those of the two proportions."""
    return math.sqrt(max(one**2 + other**2 - 2 * phi * one * other, 0.0))
