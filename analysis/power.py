"""What a paired design can see: pairs needed, minimum detectable effect, exact power."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

from unmask.analysis.count_tests import binomial_excess, mcnemar_midp

__all__ = ["mcnemar_power", "mde", "pairs_needed"]


def pairs_needed(effect: float, discordance: float, alpha: float = 0.05, power: float = 0.8) -> int:
    """Pairs that McNemar's test needs, by the normal approximation (Connor 1987).

    Args:
        effect: Effect to detect, treatment minus control, not 0.
        discordance: Share of pairs whose arms differ.
        alpha: Two-sided significance level; pass twice the value for a one-sided test.
        power: Probability of detection wanted.

    Returns:
        Smallest whole number of pairs.

    Raises:
        ValueError: If `effect` is 0, or its absolute value exceeds `discordance`, which no data can do.
    """
    if effect == 0 or abs(effect) > discordance:
        raise ValueError(f"the effect must be non-zero and within the discordance {discordance}, got {effect}")
    return math.ceil(_pairs(abs(effect), discordance, alpha, power))


def mde(pairs: float, discordance: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Minimum detectable effect: the smallest that `pairs` pairs would probably show.

    Where the effect would exceed the discordance observed, all discordance is taken to point one way, so
    that a run without any discordant pair has a detectable effect too.

    Args:
        pairs: Number of pairs, or an effective number that need not be whole.
        discordance: Share of pairs whose arms differ, as observed; for graded outcomes the mean squared difference.
        alpha: Two-sided significance level.
        power: Probability of detection.

    Returns:
        The effect, NaN where even the largest would escape.
    """
    low, high = 0.0, max(1.0, math.sqrt(discordance))
    if not pairs > 0 or _pairs(high, max(discordance, high), alpha, power) > pairs:
        return math.nan
    for _ in range(60):
        middle = (low + high) / 2
        if _pairs(middle, max(discordance, middle), alpha, power) > pairs:
            low = middle
        else:
            high = middle
    return high


def mcnemar_power(
    pairs: int,
    effect: float,
    discordance: float,
    alpha: float = 0.05,
    *,
    test: Callable[[int, int], float] = mcnemar_midp,
) -> float:
    """Exact power of a McNemar test, summed over every table of discordant pairs.

    Args:
        pairs: Number of pairs.
        effect: True effect, treatment minus control.
        discordance: True discordance, at least the absolute value of `effect` and above 0.
        alpha: Two-sided significance level.
        test: The two-sided test, from the two discordant counts to a p-value.

    Returns:
        Probability of a p-value of at most `alpha` in the direction of `effect`, 0 without pairs.
    """
    share = (discordance + abs(effect)) / (2 * discordance)
    return math.fsum(
        (_tail(discordant, pairs, discordance) - _tail(discordant + 1, pairs, discordance))
        * _tail(_critical(discordant, alpha, test), discordant, share)
        for discordant in range(pairs + 1)
    )


def _pairs(effect: float, discordance: float, alpha: float, power: float) -> float:
    """Pairs needed before rounding, the effect of 0 needing infinitely many."""
    if effect == 0:
        return math.inf
    z_a, z_b = -NormalDist().inv_cdf(alpha / 2), NormalDist().inv_cdf(power)
    return ((z_a * math.sqrt(discordance) + z_b * math.sqrt(max(discordance - effect**2, 0.0))) / effect) ** 2


def _critical(discordant: int, alpha: float, test: Callable[[int, int], float]) -> int:
    """Smallest count in the direction of the effect that rejects, or one more than there are pairs."""
    half = discordant // 2 + 1
    return next(
        (k for k in range(half, discordant + 1) if test(k, discordant - k) <= alpha),
        discordant + 1,
    )


def _tail(k: int, n: int, p: float) -> float:
    """Probability of at least `k` successes in `n` trials, 0 where `k` exceeds `n`."""
    return binomial_excess(k, n, p) if 0 < k <= n else float(k <= n)
