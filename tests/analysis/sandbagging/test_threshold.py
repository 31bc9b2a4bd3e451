"""Scores held just under a threshold."""

import dataclasses
import math
from collections.abc import Iterable

import pytest
from scipy import stats

from tests.analysis.sandbagging.answered_samples import BLANK
from unmask.analysis.intervals import rate
from unmask.analysis.sandbagging.answered import Answered
from unmask.analysis.sandbagging.threshold import threshold_clustering


def run(marks: Iterable[float], levels: int = 1) -> list[Answered]:
    """Answers under treatment in the order of the run."""
    return [dataclasses.replace(BLANK, item=f"i{i}", level=i % levels, correct=mark) for i, mark in enumerate(marks)]


def test_a_score_held_at_the_threshold_clusters() -> None:
    found = threshold_clustering(run([0, 1] * 40))
    assert (found.share, found.score, found.n) == (1, 0.5, 8)
    assert found.p_value < 0.05


@pytest.mark.parametrize("threshold", [0.2, 0.9])
def test_an_even_score_far_from_the_threshold_does_not_cluster(threshold: float) -> None:
    assert threshold_clustering(run([0, 1] * 40), threshold=threshold).p_value == 1


def test_a_ladder_balanced_over_blocks_does_not_cluster() -> None:
    honest = [float(i % 10 < 5) for i in range(100)]
    found = threshold_clustering(run(honest, levels=10))
    assert (found.share, found.p_value) == (1, 1)


def test_a_single_block_tells_nothing() -> None:
    assert math.isnan(threshold_clustering(run([0, 1] * 9)).p_value)
    none = threshold_clustering(run([0, 1] * 9))
    assert none.n == 0
    assert all(map(math.isnan, (none.estimate, none.ci_low, none.ci_high, none.share, none.score, none.score_low)))


def test_just_under_are_the_two_highest_numbers_at_the_threshold_or_below_beyond_what_order_alone_brings() -> None:
    blocks = [[1.0] * right + [0.0] * (10 - right) for right in (3, 4, 5, 6)]
    found = threshold_clustering(run([mark for block in blocks for mark in block]))
    chance = stats.hypergeom(40, 18, 10).pmf([4, 5]).sum()
    assert (found.share, found.n, found.score) == (0.5, 4, 18 / 40)
    assert found.estimate == pytest.approx(0.5 - chance, abs=0.01)
    assert (found.score_low, found.score_high) == rate(18, 40)
