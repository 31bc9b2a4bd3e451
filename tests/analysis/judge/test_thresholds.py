"""A threshold is never measured on what it was chosen on."""

import math
from collections import Counter
from random import Random

import numpy as np
import pytest

from unmask.analysis.judge.agreement import agreement
from unmask.analysis.judge.thresholds import _divided, best_threshold, cross_validated


def test_the_best_threshold_lies_half_way_between_two_scores() -> None:
    assert best_threshold([False, False, True, True], [0.1, 0.3, 0.5, 0.9]) == pytest.approx(0.4)
    assert math.isnan(best_threshold([True, True], [0.1, 0.2]))


def test_a_clean_score_keeps_its_shares_when_it_is_cross_validated() -> None:
    labels = [n % 2 == 0 for n in range(40)]
    found = cross_validated(labels, [0.8 + n / 1000 if label else 0.2 + n / 1000 for n, label in enumerate(labels)])
    assert found
    assert (found.folds, found.agreement.sensitivity[0], found.agreement.specificity[0]) == (5, 1.0, 1.0)


def test_a_score_of_noise_looks_good_on_its_own_data_and_not_when_cross_validated() -> None:
    rng = np.random.default_rng(5)
    own, crossed = [], []
    for seed in range(60):
        labels, graded = [n % 2 == 0 for n in range(20)], rng.random(20).tolist()
        cut = best_threshold(labels, graded)
        fitted = agreement(labels, [g >= cut for g in graded], graded)
        own.append(fitted.sensitivity[0] + fitted.specificity[0])
        found = cross_validated(labels, graded, seed=seed)
        assert found
        crossed.append(found.agreement.sensitivity[0] + found.agreement.specificity[0])
    assert np.mean(own) > 1.2
    assert abs(np.mean(crossed) - 1) < 0.1


@pytest.mark.parametrize("labels", [[True], [True, False, False], [False] * 5])
def test_too_few_of_a_kind_cannot_be_cross_validated(labels: list[bool]) -> None:
    assert cross_validated(labels, [0.5] * len(labels)) is None


def test_few_of_a_kind_make_few_folds() -> None:
    found = cross_validated([True, True, False, False, False], [0.9, 0.8, 0.1, 0.2, 0.3])
    assert found
    assert found.folds == 2


def test_each_fold_holds_its_share_of_either_kind() -> None:
    labels = [n < 12 for n in range(30)]
    place = _divided(labels, 5, Random(3))
    for kind in (True, False):
        counts = Counter(at for at, label in zip(place, labels, strict=True) if label is kind)
        assert set(counts) == set(range(5))
        assert max(counts.values()) - min(counts.values()) <= 1
