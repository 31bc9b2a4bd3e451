"""Rates corrected for a judge's errors: against the delta method done by number, and by simulation."""

import math

import numpy as np
import pytest

from tests.analysis.simulation import at_most
from unmask.analysis.intervals import critical_value
from unmask.analysis.judge.corrected_rate import Measured, corrected_rate

RUNS = 2000


def test_the_value_is_that_of_rogan_and_gladen() -> None:
    found = corrected_rate(0.3, 100, Measured(0.9, 50), Measured(0.8, 60))
    assert found.value == pytest.approx((0.3 + 0.8 - 1) / (0.9 + 0.8 - 1))


def test_false_alarms_alone_come_to_nothing() -> None:
    found = corrected_rate(0.03, 100, Measured(0.9, 100), Measured(0.97, 100))
    assert found.value == pytest.approx(0, abs=1e-12)
    assert found.low == 0


def test_with_many_labels_the_bounds_are_those_of_the_delta_method() -> None:
    """The oracle takes the derivatives by number."""
    p, se, sp, n = 0.4, 0.85, 0.9, 100_000

    def rate(values: np.ndarray) -> float:
        return float((values[0] + values[2] - 1) / (values[1] + values[2] - 1))

    at = np.array([p, se, sp])
    slopes = np.array([(rate(at + step) - rate(at - step)) / 2e-6 for step in 1e-6 * np.eye(3)])
    half = critical_value(0.05) * math.sqrt(sum(slopes**2 * at * (1 - at) / n))
    found = corrected_rate(p, n, Measured(se, n), Measured(sp, n))
    assert (found.low, found.high) == pytest.approx((rate(at) - half, rate(at) + half), abs=2e-4)


@pytest.mark.parametrize("labels", [30, 100])
@pytest.mark.parametrize("n", [40, 200])
@pytest.mark.parametrize("truth", [0.0, 0.03, 0.3, 0.9])
@pytest.mark.parametrize(("se", "sp"), [(0.95, 0.97), (0.8, 0.9)])
def test_the_interval_covers_the_truth(truth: float, n: int, labels: int, se: float, sp: float) -> None:
    rng = np.random.default_rng([round(100 * truth), n, labels, round(100 * se)])
    told = rng.binomial(n, truth * se + (1 - truth) * (1 - sp), RUNS) / n
    hits, passes = rng.binomial(labels, se, RUNS) / labels, rng.binomial(labels, sp, RUNS) / labels
    missed = 0
    for p, hit, passed in zip(told, hits, passes, strict=True):
        found = corrected_rate(float(p), n, Measured(float(hit), labels), Measured(float(passed), labels))
        missed += not found.low <= truth <= found.high
    assert missed / RUNS <= at_most(0.05, RUNS)


@pytest.mark.parametrize(
    ("n", "sensitivity", "specificity"),
    [
        (0, Measured(0.9, 10), Measured(0.9, 10)),
        (10, Measured(0.9, 0), Measured(0.9, 10)),
        (10, Measured(0.5, 10), Measured(0.5, 10)),
        (10, Measured(0.2, 10), Measured(0.3, 10)),
    ],
)
def test_a_judge_that_tells_nothing_corrects_nothing(n: int, sensitivity: Measured, specificity: Measured) -> None:
    assert all(map(math.isnan, corrected_rate(0.5, n, sensitivity, specificity)))


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        corrected_rate(1.2, 10, Measured(0.9, 10), Measured(0.9, 10))


def test_a_worked_example_of_few_labels_has_the_interval_of_counts_moved_towards_the_middle() -> None:
    """By Lang and Reiczigel 2014: z squared observations are added to the run, two to the labels of either kind."""
    p, n, se, positives, sp, negatives, z = 0.25, 40, 0.9, 20, 0.8, 30, critical_value(0.05)
    p, n = (p * n + z**2 / 2) / (n + z**2), n + z**2
    se, positives = (se * positives + 1) / (positives + 2), positives + 2
    sp, negatives = (sp * negatives + 1) / (negatives + 2), negatives + 2
    middle = (p + sp - 1) / (se + sp - 1)
    spread = [p * (1 - p) / n, middle**2 * se * (1 - se) / positives, (1 - middle) ** 2 * sp * (1 - sp) / negatives]
    shift = 2 * z**2 * (middle * se * (1 - se) / positives - (1 - middle) * sp * (1 - sp) / negatives)
    half = z * math.sqrt(sum(spread)) / (se + sp - 1)
    found = corrected_rate(0.25, 40, Measured(0.9, 20), Measured(0.8, 30))
    assert (found.low, found.high) == pytest.approx((max(0.0, middle + shift - half), middle + shift + half))
    assert found.high < 1


def test_labels_that_may_tell_nothing_leave_every_rate_possible() -> None:
    found = corrected_rate(0.95, 10, Measured(1.0, 1), Measured(0.1, 1000))
    assert (found.low, found.high) == (0.0, 1.0)
    assert 0 <= found.value <= 1
