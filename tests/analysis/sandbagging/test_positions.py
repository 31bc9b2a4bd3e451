"""Shifts of the positions chosen, against scipy's divergence and permutation test."""

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import permutation_test

from tests.analysis.sandbagging.answered_samples import choices
from unmask.analysis.sandbagging.positions import position_shift


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


def test_an_item_counts_as_much_however_often_it_was_answered() -> None:
    once = choices([1, 1, 1, 0, 0, 2, 2, 2], "treatment") + choices([0, 0, 0, 0, 1, 1, 1, 2], "control")
    often = once + [a for a in once if a.item in ("i0", "i5") for _ in range(4)]
    one, other = position_shift(once), position_shift(often)
    assert other.estimate == pytest.approx(one.estimate)
    assert other.entropy_treatment == pytest.approx(one.entropy_treatment)
    assert (other.n, other.p_value) == (one.n, pytest.approx(one.p_value))
