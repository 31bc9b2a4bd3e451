"""A rate that a fallible judge reports, corrected by what labels say of the judge."""

from __future__ import annotations

import math
from typing import NamedTuple

from unmask.analysis.intervals import critical_value

__all__ = ["Corrected", "Measured", "corrected_rate"]


class Measured(NamedTuple):
    """A share that was measured on labelled transcripts."""

    share: float
    """From 0 to 1."""

    n: int
    """Transcripts it was measured on."""


class Corrected(NamedTuple):
    """A corrected rate with its interval; NaN where the judge tells nothing, or nothing was judged."""

    value: float
    low: float
    high: float


def corrected_rate(rate: float, n: int, sensitivity: Measured, specificity: Measured, alpha: float = 0.05) -> Corrected:
    """Correct a rate for the judge's errors (Rogan and Gladen 1978).

    The interval adds the uncertainty of the labels to that of the run. It is the delta method about counts moved
    towards the middle, with a shift for the curvature in the judge's errors: Lang and Reiczigel 2014, which Lee et al.
    (arXiv 2511.21140) take over for judges. It supposes that the judge errs in the run as on the labels, and that
    items are independent; it is no correction of a difference of arms.

    Args:
        rate: Share that the judge calls positive, 0 to 1.
        n: Items it is a share of.
        sensitivity: Share of labelled positives that the judge finds.
        specificity: Share of labelled negatives that it passes.
        alpha: Two-sided error of the interval.

    Returns:
        The rate and its bounds, each in [0, 1]. NaN where `n` or a number of labels is 0, or where sensitivity and
        specificity add up to 1 or less: the verdicts of such a judge carry nothing that could be corrected.

    Raises:
        ValueError: If a share lies outside [0, 1].
    """
    if any(not 0 <= share <= 1 for share in (rate, sensitivity.share, specificity.share)):
        raise ValueError(f"shares must lie between 0 and 1, got {rate}, {sensitivity.share}, {specificity.share}")
    gain = sensitivity.share + specificity.share - 1
    if not min(n, sensitivity.n, specificity.n) > 0 or gain <= 0:
        return Corrected(math.nan, math.nan, math.nan)
    low, high = _bounds(rate, n, sensitivity, specificity, critical_value(alpha))
    return Corrected(_clipped((rate + specificity.share - 1) / gain), low, high)


def _bounds(rate: float, n: int, found: Measured, passed: Measured, z: float) -> tuple[float, float]:
    p, size = _moved(Measured(rate, n), z**2)
    se, positives = _moved(found, 2.0)
    sp, negatives = _moved(passed, 2.0)
    gain = se + sp - 1
    if gain <= 0:
        return 0.0, 1.0
    middle = _clipped((p + sp - 1) / gain)
    of_run, of_se, of_sp = p * (1 - p) / size, se * (1 - se) / positives, sp * (1 - sp) / negatives
    shift = 2 * z**2 * (middle * of_se - (1 - middle) * of_sp)
    half = z * math.sqrt(of_run + middle**2 * of_se + (1 - middle) ** 2 * of_sp) / gain
    return _clipped(middle + shift - half), _clipped(middle + shift + half)


def _moved(share: Measured, extra: float) -> tuple[float, float]:
    """A share and its n, with `extra` observations added of which half are positive."""
    n = share.n + extra
    return (share.share * share.n + extra / 2) / n, n


def _clipped(value: float) -> float:
    return min(1.0, max(0.0, value))
