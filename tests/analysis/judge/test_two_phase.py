"""Labels on part of a run say what its rate is and where the judge errs, and how surely."""

import math
from dataclasses import replace

import numpy as np
import pytest

from unmask.analysis.intervals import rate
from unmask.analysis.judge.agreement import agreement
from unmask.analysis.judge.two_phase import Stratum, TwoPhase, allocated, two_phase

POSITIVES, NEGATIVES = Stratum(True, 20, 20, 12), Stratum(False, 300, 60, 3)


def test_the_rate_is_that_of_all_positives_and_the_share_of_negatives_scaled_up() -> None:
    found = two_phase([POSITIVES, NEGATIVES])
    missed = 300 * 3 / 60
    assert found.rate.value == pytest.approx((12 + missed) / 320)
    assert found.sensitivity.value == pytest.approx(12 / (12 + missed))
    assert found.specificity.value == pytest.approx(285 / (285 + 8))
    assert found.judged == pytest.approx(20 / 320)


def test_where_all_are_labelled_the_figures_are_those_of_plain_agreement() -> None:
    found = two_phase([Stratum(True, 10, 10, 7), Stratum(False, 40, 40, 4)])
    labels = [True] * 7 + [False] * 3 + [True] * 4 + [False] * 36
    plain = agreement(labels, [True] * 10 + [False] * 40, [0.0] * 50)
    assert found.sensitivity.value == pytest.approx(plain.sensitivity[0])
    assert found.specificity.value == pytest.approx(plain.specificity[0])
    assert (found.kappa, found.pabak.value) == (pytest.approx(plain.kappa), pytest.approx(plain.pabak))


def test_a_worked_example_has_the_intervals_that_it_had() -> None:
    found = two_phase([POSITIVES, NEGATIVES])
    bounds = [bound for one in (found.rate, found.sensitivity, found.specificity) for bound in (one.low, one.high)]
    assert bounds == pytest.approx([0.0444, 0.1691, 0.1759, 0.8046, 0.9506, 0.9903], abs=5e-5)


def test_one_stratum_has_the_exact_interval_of_its_share() -> None:
    found = two_phase([Stratum(False, 200, 40, 2)])
    assert (found.rate.low, found.rate.high) == pytest.approx(rate(2, 40))


def test_strata_of_arms_add_up_to_what_they_are_together() -> None:
    halves = [
        replace(one, size=one.size // 2, labelled=one.labelled // 2, positive=one.positive // 2)
        for one in (Stratum(True, 20, 20, 12), Stratum(False, 300, 60, 2))
    ]
    whole = [Stratum(True, 20, 20, 12), Stratum(False, 300, 60, 2)]
    assert two_phase([*halves, *halves]).rate.value == pytest.approx(two_phase(whole).rate.value)


def test_no_positive_found_leaves_the_rate_a_bound_and_the_sensitivity_unknown() -> None:
    found = two_phase([Stratum(True, 0, 0, 0), Stratum(False, 100, 30, 0)])
    assert (found.rate.value, found.rate.low) == (0.0, 0.0)
    assert 0.09 < found.rate.high < 0.13
    assert math.isnan(found.sensitivity.value)


def test_a_judge_that_says_no_to_all_has_no_upper_bound_of_nothing() -> None:
    found = two_phase([Stratum(True, 0, 0, 0), Stratum(False, 100, 30, 2)])
    assert (found.sensitivity.value, found.sensitivity.low) == (0.0, 0.0)
    assert found.sensitivity.high > 0.3


def test_a_stratum_without_labels_makes_what_hangs_on_it_unknown() -> None:
    found = two_phase([POSITIVES, Stratum(False, 300, 0, 0)])
    assert math.isnan(found.rate.value)
    assert math.isnan(found.sensitivity.value)


@pytest.mark.parametrize("wrong", [Stratum(True, 5, 6, 1), Stratum(True, 5, 4, 5)])
def test_impossible_counts_are_refused(wrong: Stratum) -> None:
    with pytest.raises(ValueError, match="more"):
        two_phase([wrong])


@pytest.mark.parametrize(
    ("sizes", "n", "given"),
    [((3, 100, 40), 50, [3, 24, 23]), ((10, 10), 100, [10, 10]), ((0, 5), 3, [0, 3]), ((2, 2, 2), 4, [2, 1, 1])],
)
def test_labels_are_divided_evenly_and_what_a_small_stratum_cannot_use_goes_on(
    sizes: tuple[int, ...], n: int, given: list[int]
) -> None:
    assert allocated(sizes, n) == given


# Coverage: the run is drawn from a population, the labels from the run.

REPEATS = 300
LEAST = 0.92
"""Coverage of a 95% interval that 300 repeats fall below in one of a hundred."""


def simulated(
    rng: np.random.Generator, rate: float, sensitivity: float, specificity: float, n: int
) -> tuple[float, TwoPhase]:
    """A run's own rate, and what labels on part of it say."""
    true = rng.random(n) < rate
    said = np.where(true, rng.random(n) < sensitivity, rng.random(n) >= specificity)
    arm = rng.integers(0, 2, n)
    groups = [(verdict, np.flatnonzero((arm == a) & (said == verdict))) for a in (0, 1) for verdict in (True, False)]
    given = allocated([len(group) for _, group in groups], 60)
    strata = []
    for (verdict, group), count in zip(groups, given, strict=True):
        drawn = rng.permutation(group)[:count]
        strata.append(Stratum(verdict, len(group), count, int(true[drawn].sum())))
    return float(true.mean()), two_phase(strata)


@pytest.mark.parametrize(
    ("rate", "sensitivity", "specificity", "n"),
    [(0.1, 0.8, 0.95, 400), (0.3, 0.8, 0.9, 400), (0.02, 0.9, 0.97, 1000), (0.5, 0.6, 0.7, 200), (0.1, 0.5, 0.99, 400)],
)
def test_intervals_cover_the_truth(rate: float, sensitivity: float, specificity: float, n: int) -> None:
    rng = np.random.default_rng(3)
    held = {"rate": 0, "sensitivity": 0, "specificity": 0}
    for _ in range(REPEATS):
        own, found = simulated(rng, rate, sensitivity, specificity, n)
        for name, truth in (("rate", own), ("sensitivity", sensitivity), ("specificity", specificity)):
            one = getattr(found, name)
            held[name] += math.isnan(one.value) or one.low <= truth <= one.high
    assert min(held.values()) / REPEATS >= LEAST, held
