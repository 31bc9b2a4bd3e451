"""A direction orders pairs on any model; how far it moves them is what tells models apart."""

import numpy as np
import pytest
from numpy.typing import NDArray

from unmask.analysis.white_box.paired_direction import paired_shift

GROUPS = [f"g{n // 4}" for n in range(80)]


def moved(by: float, noise: float, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    placebo = rng.normal(size=(80, 10))
    return placebo + by * (np.arange(10) == 3) + noise * rng.normal(size=placebo.shape), placebo


def test_a_large_move_is_measured_on_items_that_did_not_give_the_direction() -> None:
    found = paired_shift(*moved(4.0, 0.1), GROUPS)
    assert found.shift == pytest.approx(4.0, rel=0.2)
    assert found.ordered == 1.0


def test_a_tiny_move_orders_all_pairs_and_is_tiny() -> None:
    found = paired_shift(*moved(0.01, 0.0001), GROUPS)
    assert found.ordered == 1.0
    assert found.shift < 0.05


def test_differences_without_a_direction_move_nothing() -> None:
    found = paired_shift(*moved(0.0, 1.0), GROUPS)
    assert abs(found.shift) < 0.2


def test_states_that_are_all_alike_have_no_direction() -> None:
    found = paired_shift(np.ones((80, 2)), np.ones((80, 2)), GROUPS)
    assert (found.shift, found.ordered) == (0.0, 0.0)


def test_pairs_have_to_match_and_groups_to_suffice() -> None:
    with pytest.raises(ValueError, match="pairs do not match"):
        paired_shift(np.ones((3, 2)), np.ones((4, 2)), ["a", "b", "c"])
    with pytest.raises(ValueError, match="1 groups are too few"):
        paired_shift(np.ones((3, 2)), np.ones((3, 2)), ["a", "a", "a"])


def test_the_interval_is_that_of_groups_drawn_anew() -> None:
    placebo = np.random.default_rng(1).normal(size=(80, 10))
    far = np.array([float(n // 4 % 2) for n in range(80)])
    found = paired_shift(placebo + 6 * far[:, None] * (np.arange(10) == 3), placebo, GROUPS)
    moves = (np.array(found.cue) - np.array(found.placebo)).reshape(20, 4).mean(axis=1)
    half = 1.96 * moves.std(ddof=1) / np.sqrt(20)
    assert (found.shift - found.low, found.high - found.shift) == pytest.approx((half, half), rel=0.25)
