"""A threshold for a judge's graded score, never measured on the transcripts that it was chosen on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from unmask.analysis.judge.agreement import Agreement, agreement

__all__ = ["ChosenThreshold", "best_threshold", "cross_validated"]


@dataclass(frozen=True)
class ChosenThreshold:
    """What thresholds chosen elsewhere reach."""

    threshold: float
    """The threshold to use from now on: chosen on all transcripts."""

    agreement: Agreement
    """Of verdicts by thresholds that were chosen without the transcript in question. The intervals of its shares take
    the folds' thresholds as given."""

    folds: int


def best_threshold(labels: Sequence[bool], graded: Sequence[float]) -> float:
    """Graded score from which sensitivity and specificity add up to most (Youden 1950).

    Half-way between two neighbouring scores, as a score that falls between them may come from either side; NaN without
    positives or negatives.

    Args:
        labels: What people say.
        graded: The graded score.
    """
    positives = sum(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return math.nan
    cuts = sorted(set(graded))
    between = [cuts[0], *((low + high) / 2 for low, high in pairwise(cuts))]

    def youden(cut: float) -> float:
        hits = sum(label and score >= cut for label, score in zip(labels, graded, strict=True))
        passed = sum(not label and score < cut for label, score in zip(labels, graded, strict=True))
        return hits / positives + passed / negatives

    return max(between, key=youden)


def cross_validated(
    labels: Sequence[bool], graded: Sequence[float], folds: int = 5, seed: int = 0, alpha: float = 0.05
) -> ChosenThreshold | None:
    """Choose a threshold on all folds but one and hold it against the labels of that one.

    Args:
        labels: What people say.
        graded: The graded score.
        folds: Number of folds, each with its share of positives and negatives; fewer where one kind is rare.
        seed: Of the division into folds.
        alpha: Two-sided error of the intervals.

    Returns:
        What was reached; None with fewer than two positives or two negatives, where nothing can be held out.
    """
    folds = min(folds, sum(labels), len(labels) - sum(labels))
    if folds < 2:
        return None
    place = _divided(labels, folds, Random(seed))
    chosen = []
    for fold in range(folds):
        kept = [n for n, at in enumerate(place) if at != fold]
        chosen.append(best_threshold([labels[n] for n in kept], [graded[n] for n in kept]))
    verdicts = [score >= chosen[at] for score, at in zip(graded, place, strict=True)]
    return ChosenThreshold(best_threshold(labels, graded), agreement(labels, verdicts, graded, alpha), folds)


def _divided(labels: Sequence[bool], folds: int, random: Random) -> list[int]:
    """The fold of each transcript."""
    place = [0] * len(labels)
    for kind in (True, False):
        of_kind = [n for n, label in enumerate(labels) if label is kind]
        random.shuffle(of_kind)
        for turn, n in enumerate(of_kind):
            place[n] = turn % folds
    return place
