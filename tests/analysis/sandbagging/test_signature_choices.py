"""Choices and scores: below chance, shifted in position, held under a threshold."""

import dataclasses
import math
from collections.abc import Iterable

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import binomtest, permutation_test, poisson_binom

from unmask.analysis.sandbagging.answered import Answered
from unmask.analysis.sandbagging.below_chance import below_chance
from unmask.analysis.sandbagging.positions import position_shift
from unmask.analysis.sandbagging.threshold import threshold_clustering

BLANK = Answered("i", "c", 0, "treatment", "target", "target", 1, None, 0)


def choices(chosen: Iterable[int], arm: str = "treatment", options: int = 4) -> list[Answered]:
    """One choice an item; the first position is right."""
    return [
        dataclasses.replace(BLANK, item=f"i{i}", arm=arm, correct=float(k == 0), chosen=k, options=options)  # type: ignore[arg-type]
        for i, k in enumerate(chosen)
    ]


def run(marks: Iterable[float], levels: int = 1) -> list[Answered]:
    """Answers under treatment in the order of the run."""
    return [dataclasses.replace(BLANK, item=f"i{i}", level=i % levels, correct=mark) for i, mark in enumerate(marks)]


@pytest.mark.parametrize(("right", "n", "options"), [(3, 40, 4), (10, 40, 4), (0, 30, 5), (30, 30, 2)])
def test_equal_options_get_the_binomial_test(right: int, n: int, options: int) -> None:
    found, oracle = below_chance(choices([0] * right + [1] * (n - right), options=options)), binomtest
    exact = oracle(right, n, 1 / options, alternative="less")
    interval = oracle(right, n).proportion_ci()
    assert found.p_value == pytest.approx(exact.pvalue)
    assert (found.ci_low, found.ci_high) == pytest.approx((1 / options - interval.high, 1 / options - interval.low))


def test_unequal_options_get_the_poisson_binomial_test() -> None:
    options = [2, 3, 4, 5] * 6
    sample = [
        dataclasses.replace(a, options=k, item=f"i{i}")
        for i, (a, k) in enumerate(zip(choices([0] * 4 + [1] * 20, options=5), options, strict=True))
    ]
    assert below_chance(sample).p_value == pytest.approx(poisson_binom.cdf(4, [1 / k for k in options]))


def test_repeats_of_an_item_are_one_guess() -> None:
    once = choices([0] * 3 + [1] * 37)
    assert below_chance(once * 5) == below_chance(once)


def test_an_answer_without_a_choice_is_not_below_chance() -> None:
    refused = [dataclasses.replace(BLANK, item=f"r{i}", correct=0, options=4) for i in range(50)]
    assert below_chance(choices([0] * 10 + [1] * 10) + refused) == below_chance(choices([0] * 10 + [1] * 10))


def test_one_position_for_every_answer_is_a_shift() -> None:
    found = position_shift(choices([2] * 40) + choices([0, 1, 2, 3] * 10, "control"))
    assert (found.entropy_treatment, found.entropy_control) == pytest.approx((0, 2))
    assert found.estimate == pytest.approx(jensenshannon([0, 0, 1, 0], [0.25] * 4, 2) ** 2)
    assert found.p_value < 0.001


@pytest.mark.parametrize(("items", "tolerance"), [(8, 1e-9), (40, 0.02)])
def test_swaps_agree_with_the_permutation_test_of_scipy(items: int, tolerance: float) -> None:
    rng = np.random.default_rng(items)
    chosen = rng.choice(4, p=[0.5, 0.3, 0.1, 0.1], size=items), rng.choice(4, size=items)
    shares = np.eye(4)[np.concatenate(chosen)]
    oracle = permutation_test(
        (np.arange(items), np.arange(items, 2 * items)),
        lambda one, other: jensenshannon(shares[one].mean(axis=0), shares[other].mean(axis=0), 2) ** 2,
        permutation_type="samples", vectorized=False, n_resamples=4999, alternative="greater", rng=0,
    )  # fmt: skip
    found = position_shift(choices(chosen[0].tolist()) + choices(chosen[1].tolist(), "control"))
    assert found.p_value == pytest.approx(oracle.pvalue, abs=tolerance)


def test_a_small_sample_is_swapped_in_every_way() -> None:
    assert position_shift(choices([1] * 6) + choices([0] * 6, "control")).p_value == pytest.approx(2 / 2**6)


def test_equal_choices_are_no_shift() -> None:
    found = position_shift(choices([0, 1, 2, 3] * 10) + choices([0, 1, 2, 3] * 10, "control"))
    assert (found.estimate, found.p_value) == (pytest.approx(0), 1)


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
