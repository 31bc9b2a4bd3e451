"""Labels on part of a run: what the judge's verdicts on the rest are worth, by the design of the sampling.

A judge reads all N transcripts, a person reads some, drawn at random within strata such as arm and verdict. With all of
the judge's positives labelled and r of its N_neg negatives, the rate is [TP + N_neg FN / r] / N. Shares of strata have
Clopper-Pearson intervals; sums and ratios of them get theirs by the method of variance estimates recovery (MOVER; Zou
and Donner 2008), which uses no normal approximation and is no shorter where nothing was found.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from unmask.analysis.intervals import rate

__all__ = ["Estimate", "Stratum", "TwoPhase", "allocated", "two_phase"]


@dataclass(frozen=True)
class Stratum:
    """Transcripts of one kind, some of them labelled."""

    verdict: bool
    """What the judge said of all of them."""

    size: int
    labelled: int
    positive: int
    """Of those labelled, how many are a yes by their label."""


@dataclass(frozen=True)
class Estimate:
    """An estimate with its interval; NaN where the labels cannot say."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class TwoPhase:
    """What labels on part of a run say of all of it, each stratum weighted by its size."""

    rate: Estimate
    """Share of the run's own transcripts that a person would call a yes; other items add an error of their own."""

    judged: float
    """The share that the judge calls a yes."""

    sensitivity: Estimate
    """Of the judge, on transcripts like these: this interval and the next allow for other transcripts."""

    specificity: Estimate
    pabak: Estimate
    """Twice the share of agreement, less 1."""

    kappa: float
    """Cohen's, of the weighted table."""


def two_phase(strata: Sequence[Stratum], alpha: float = 0.05) -> TwoPhase:
    """Estimate the rate and the judge's errors from labels on part of a run.

    Args:
        strata: Every stratum of the run; one without a label makes what hangs on it NaN.
        alpha: Two-sided error of the intervals.

    Raises:
        ValueError: If more are labelled than there are, or more are positive than labelled.
    """
    if any(not 0 <= one.positive <= one.labelled <= one.size for one in strata):
        raise ValueError(f"more positive than labelled, or more labelled than there are: {strata}")
    held = [one for one in strata if one.size]
    total = sum(one.size for one in held)
    shares = [_share(one, alpha) for one in held]
    yes = [one.size if one.verdict else 0 for one in held]
    no = [one.size - n for one, n in zip(held, yes, strict=True)]
    found = [n * share.value for n, share in zip(yes, shares, strict=True)]
    missed = [n * share.value for n, share in zip(no, shares, strict=True)]
    weights = [one.size / total for one in held]
    agreed = _sum([w if one.verdict else -w for one, w in zip(held, weights, strict=True)], shares)
    passed = sum(no) / total if total else math.nan
    true_rate = math.fsum(found + missed) / total if total else math.nan
    same = agreed.value + passed
    chance = true_rate * (1 - passed) + (1 - true_rate) * passed
    return TwoPhase(
        rate=_sum(weights, shares) if total else _UNKNOWN,
        judged=1 - passed,
        sensitivity=_ratio(yes, no, shares, alpha),
        specificity=_ratio(no, yes, [_mirrored(share) for share in shares], alpha),
        pabak=Estimate(*(2 * (bound + passed) - 1 for bound in (agreed.value, agreed.low, agreed.high))),
        kappa=(same - chance) / (1 - chance) if chance < 1 else math.nan,
    )


def allocated(sizes: Sequence[int], n: int) -> list[int]:
    """Divide n labels evenly over strata; what a small stratum cannot use goes to the others.

    Where positives are rare, all of them are labelled in this way, and the rest goes to the negatives.

    Args:
        sizes: Transcripts in each stratum.
        n: Labels in all.

    Returns:
        Labels in each stratum.
    """
    given = [0] * len(sizes)
    left = min(n, sum(sizes))
    while left:
        open_ones = sorted((k for k in range(len(sizes)) if given[k] < sizes[k]), key=lambda k: (given[k], k))
        for k in open_ones[:left]:
            given[k] += 1
        left -= min(left, len(open_ones))
    return given


_UNKNOWN = Estimate(math.nan, math.nan, math.nan)


def _share(one: Stratum, alpha: float) -> Estimate:
    if not one.labelled:
        return _UNKNOWN
    return Estimate(one.positive / one.labelled, *rate(one.positive, one.labelled, alpha))


def _mirrored(share: Estimate) -> Estimate:
    return Estimate(1 - share.value, 1 - share.high, 1 - share.low)


def _sum(weights: Sequence[float], shares: Sequence[Estimate]) -> Estimate:
    """A weighted sum of independent shares, weights of either sign."""
    value = math.fsum(w * share.value for w, share in zip(weights, shares, strict=True))
    pairs = [(w, share) for w, share in zip(weights, shares, strict=True) if w]
    below = math.hypot(*(w * (s.value - (s.low if w > 0 else s.high)) for w, s in pairs))
    above = math.hypot(*(w * ((s.high if w > 0 else s.low) - s.value) for w, s in pairs))
    return Estimate(value, value - below, value + above)


def _ratio(inside: Sequence[int], outside: Sequence[int], shares: Sequence[Estimate], alpha: float) -> Estimate:
    """The part of a sum that comes from `inside`: those x for which (1 - x) inside - x outside may be 0.

    How the verdicts fell is chance as well, so that the share of each verdict has an interval of its own.
    """
    used = [share for a, b, share in zip(inside, outside, shares, strict=True) if a or b]
    if not used or any(math.isnan(share.value) for share in used):
        return _UNKNOWN
    sizes = sum(inside), sum(outside)
    top, rest = (math.fsum(w * s.value for w, s in zip(side, shares, strict=True)) for side in (inside, outside))
    if not top + rest:
        return _UNKNOWN
    low, high = rate(sizes[0], sum(sizes), alpha)
    held = sizes[0] / sum(sizes)
    means = [part / size if size else 1.0 for part, size in zip((top, rest), sizes, strict=True)]  # 1: nothing is known

    def gap(x: float, side: int) -> float:
        known = _sum([(1 - x) * a - x * b for a, b in zip(inside, outside, strict=True)], shares)
        slope = sum(sizes) * ((1 - x) * means[0] + x * means[1])
        if side < 0:
            return known.value - math.hypot(known.value - known.low, slope * (held - low))
        return known.value + math.hypot(known.high - known.value, slope * (high - held))

    return Estimate(top / (top + rest), _root(lambda x: gap(x, -1)), _root(lambda x: gap(x, 1)))


def _root(falling: Callable[[float], float]) -> float:
    """Where a function that falls from 0 or more to 0 or less over [0, 1] crosses 0."""
    from scipy.optimize import brentq

    if falling(0.0) <= 0:
        return 0.0
    return 1.0 if falling(1.0) >= 0 else float(brentq(falling, 0.0, 1.0))
