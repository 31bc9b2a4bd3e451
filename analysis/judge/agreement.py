"""How well a judge agrees with labels: sensitivity, specificity, and how its graded score orders them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from unmask.analysis.intervals import rate

__all__ = ["Agreement", "agreement", "auroc"]


@dataclass(frozen=True)
class Agreement:
    """A judge's agreement with labels; NaN where there was nothing to compare."""

    sensitivity: tuple[float, float, float]
    """Share of positives that the verdict finds, with its Clopper-Pearson interval."""

    specificity: tuple[float, float, float]
    """Share of negatives that the verdict passes, with its interval."""

    kappa: float
    """Cohen's kappa of verdict and label."""

    pabak: float
    """Kappa adjusted for prevalence and bias: twice the share of agreement, less 1."""

    auroc: float
    """Of the graded score: how probable it is that a positive gets a higher one than a negative."""

    threshold: float
    """Graded score from which sensitivity and specificity add up to most (Youden)."""


def agreement(
    labels: Sequence[bool], verdicts: Sequence[bool], graded: Sequence[float], alpha: float = 0.05
) -> Agreement:
    """Compare a judge with labels.

    Args:
        labels: What people say, one a transcript.
        verdicts: What the judge says.
        graded: How probable the judge holds it, 0 to 1.
        alpha: Two-sided error of the intervals.
    """
    found = [verdict for label, verdict in zip(labels, verdicts, strict=True) if label]
    passed = [not verdict for label, verdict in zip(labels, verdicts, strict=True) if not label]
    n, same = len(labels), sum(a == b for a, b in zip(labels, verdicts, strict=True))
    yes = sum(labels) * sum(verdicts) + (n - sum(labels)) * (n - sum(verdicts))
    chance = yes / n**2 if n else math.nan
    share = same / n if n else math.nan
    return Agreement(
        sensitivity=_share(found, alpha),
        specificity=_share(passed, alpha),
        kappa=(share - chance) / (1 - chance) if n and chance < 1 else math.nan,
        pabak=2 * share - 1,
        auroc=auroc(labels, graded),
        threshold=_best(labels, graded),
    )


def auroc(labels: Sequence[bool], graded: Sequence[float]) -> float:
    """Area under the ROC curve, ties counted by half (Mann and Whitney 1947); NaN without positives or negatives.

    Args:
        labels: What people say.
        graded: Any score that is higher where the label is likelier.
    """
    from scipy.stats import mannwhitneyu

    high = [score for label, score in zip(labels, graded, strict=True) if label]
    low = [score for label, score in zip(labels, graded, strict=True) if not label]
    if not high or not low:
        return math.nan
    return float(mannwhitneyu(high, low).statistic) / (len(high) * len(low))


def _share(hits: Sequence[bool], alpha: float) -> tuple[float, float, float]:
    if not hits:
        return math.nan, math.nan, math.nan
    low, high = rate(sum(hits), len(hits), alpha)
    return sum(hits) / len(hits), low, high


def _best(labels: Sequence[bool], graded: Sequence[float]) -> float:
    def youden(cut: float) -> float:
        high = [score >= cut for label, score in zip(labels, graded, strict=True) if label]
        low = [score < cut for label, score in zip(labels, graded, strict=True) if not label]
        return sum(high) / len(high) + sum(low) / len(low) if high and low else math.nan

    return max(sorted(set(graded)), key=youden, default=math.nan)
