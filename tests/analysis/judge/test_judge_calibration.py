"""Stated probabilities are held against labels."""

import math

import numpy as np
import pytest

from unmask.analysis.judge.judge_calibration import calibration


def test_a_judge_that_is_sure_and_right_has_no_error() -> None:
    found = calibration([True, False, True], [1.0, 0.0, 1.0])
    assert (found.brier, found.ece) == (0.0, 0.0)
    assert found.brier_base == pytest.approx(2 / 9)


def test_figures_by_hand() -> None:
    found = calibration([True, False, False, True], [0.95, 0.93, 0.12, 0.4])
    assert found.brier == pytest.approx((0.05**2 + 0.93**2 + 0.12**2 + 0.6**2) / 4)
    assert found.ece == pytest.approx((2 * abs(0.94 - 0.5) + 0.12 + 0.6) / 4)
    assert [(one.low, one.n) for one in found.bins] == [(0.1, 1), (0.4, 1), (0.9, 2)]


def test_a_judge_that_says_what_is_true_on_average_is_calibrated() -> None:
    rng = np.random.default_rng(1)
    stated = rng.random(20_000)
    labels = rng.random(20_000) < stated
    found = calibration(labels.tolist(), stated.tolist())
    assert found.ece < 0.02
    assert found.brier == pytest.approx(1 / 6, abs=0.01)


def test_nothing_is_known_of_nothing() -> None:
    assert math.isnan(calibration([], []).brier)
