"""Whether a judge's probabilities mean what they say: Brier score and expected calibration error."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Bin", "Calibration", "calibration"]


@dataclass(frozen=True)
class Bin:
    """Transcripts with like probabilities."""

    low: float
    high: float
    n: int
    stated: float
    """Mean of the stated probabilities."""

    found: float
    """Share of positives by the labels."""


@dataclass(frozen=True)
class Calibration:
    """How far stated probabilities are from the labels; NaN where there was nothing to compare."""

    brier: float
    """Mean squared difference of probability and label (Brier 1950); 0.25 for one half throughout."""

    brier_base: float
    """The Brier score of always stating the share of positives."""

    ece: float
    """Expected calibration error (Naeini et al. 2015): mean gap of stated and found over bins, weighted by size. On few
    transcripts it is above 0 for a perfectly calibrated judge as well."""

    bins: tuple[Bin, ...]
    """Bins of equal width that hold anything."""


def calibration(labels: Sequence[bool], graded: Sequence[float], bins: int = 10) -> Calibration:
    """Compare stated probabilities with labels.

    Args:
        labels: What people say, one a transcript.
        graded: How probable the judge holds a yes, 0 to 1.
        bins: Number of bins of equal width.
    """
    n = len(labels)
    if not n:
        return Calibration(math.nan, math.nan, math.nan, ())
    sorted_in: dict[int, list[tuple[bool, float]]] = defaultdict(list)
    for label, stated in zip(labels, graded, strict=True):
        sorted_in[min(int(stated * bins), bins - 1)].append((label, stated))
    found = tuple(_bin(place, bins, held) for place, held in sorted(sorted_in.items()))
    base = sum(labels) / n
    return Calibration(
        brier=math.fsum((stated - label) ** 2 for label, stated in zip(labels, graded, strict=True)) / n,
        brier_base=base * (1 - base),
        ece=math.fsum(one.n * abs(one.stated - one.found) for one in found) / n,
        bins=found,
    )


def _bin(place: int, bins: int, held: Sequence[tuple[bool, float]]) -> Bin:
    n = len(held)
    stated, found = math.fsum(p for _, p in held) / n, sum(label for label, _ in held) / n
    return Bin(place / bins, (place + 1) / bins, n, stated, found)
