"""Right answers that turn wrong, and the floor that is taken from them."""

import math

import numpy as np
import pytest

from tests.analysis.sandbagging.answered_samples import arms, cell
from unmask.analysis.sandbagging.flips import excess_flips


def test_flips_beyond_the_placebo_pair_are_counted_among_right_answers() -> None:
    target = arms([1] * 10 + [0] * 10, [0] * 6 + [1] * 4 + [0] * 10)
    placebo = arms([1] * 10 + [0] * 10, [0] * 1 + [1] * 9 + [1] * 10, "placebo")
    assert excess_flips(target + placebo).effect == pytest.approx(0.6 - 0.1)


def test_repeats_in_control_take_the_place_of_the_placebo_pair() -> None:
    control = cell([1, 1, 1, 1, 0], "control") + cell([1, 1, 1, 0, 0], "control")
    sample = control + cell([0, 0, 1, 1, 0], "treatment") + arms([1] * 5, [0] * 5, "placebo")
    right, flipped, floor = 3.5, 1 + 1 + 0 + 0, 0.5
    assert excess_flips(sample).effect == pytest.approx((flipped - floor) / right)


def test_a_single_repeat_does_not_discard_the_placebo_pair() -> None:
    sample = arms([1] * 9, [0] * 9) + cell([1], "control") + arms([1] * 9, [1] * 9, "placebo")
    assert excess_flips(sample).pairs == 9


def test_no_right_answer_leaves_no_share_that_flips() -> None:
    assert math.isnan(excess_flips(arms([0] * 5, [0] * 5) + arms([1] * 5, [1] * 5, "placebo")).effect)


def test_unstable_answers_alone_are_no_excess() -> None:
    rng = np.random.default_rng(0)
    cells = rng.random((4, 200)) < 0.7
    estimate = excess_flips(arms(*cells[:2].astype(float)) + arms(*cells[2:].astype(float), "placebo"))
    assert estimate.ci_low < 0 < estimate.ci_high


@pytest.mark.parametrize("repeats", [2, 3, 4])
def test_the_floor_is_the_share_of_ordered_pairs_of_repeats_that_turn(repeats: int) -> None:
    marks = [[1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 1, 0], [1, 0, 0, 0]][:repeats]
    control = [one for mark in marks for one in cell(mark, "control")]
    each = [[mark[n] for mark in marks] for n in range(4)]
    turned = [sum(a * (1 - b) for i, a in enumerate(m) for j, b in enumerate(m) if i != j) for m in each]
    floor = sum(turned) / (repeats * (repeats - 1))
    right = sum(sum(m) / repeats for m in each)
    found = excess_flips(control + cell([0, 0, 0, 0], "treatment"))
    assert found.effect == pytest.approx(1 - floor / right)
