"""Scores held just under a threshold."""

import dataclasses
import math
from collections.abc import Iterable

import pytest

from tests.analysis.sandbagging.answered_samples import BLANK
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
