"""Opposed betting e-processes: valid at every look, and right against a plain computation."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analysis.simulation import at_most
from unmask.analysis.sequential.betting import confidence_sequence, log_wealth, opposed_test
from unmask.analysis.sequential.expected_pairs import expected_pairs

pair = st.sampled_from([-1, 0, 1])


def pairs(effect: float, discordance: float, shape: tuple[int, ...], seed: int = 1) -> np.ndarray:
    rolled = np.random.default_rng(seed).random(shape)
    return np.where(rolled < (discordance + effect) / 2, 1.0, np.where(rolled < discordance, -1.0, 0.0))


@given(st.lists(pair, min_size=1, max_size=12), st.sampled_from([0, 1, -2]))
def test_wealth_is_that_of_exact_fractions(values: list[int], tenths: int) -> None:
    mean, total = Fraction(tenths, 10), Fraction(0)
    for step in range(10):
        wealth = Fraction(1)
        for x in values:
            wealth *= 1 + Fraction(1 + 2 * step, 20) / (1 + mean) * (x - mean)
        total += wealth / 10
    assert math.exp(log_wealth(values, tenths / 10, "above")[-1]) == pytest.approx(float(total), rel=1e-9)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=20), st.floats(-0.9, 0.9))
def test_below_is_the_mirror_of_above(values: list[float], mean: float) -> None:
    mirrored = log_wealth(-np.array(values), -mean, "above")
    assert log_wealth(values, mean, "below") == pytest.approx(mirrored, abs=1e-9)


@pytest.mark.parametrize(("effect", "discordance"), [(0.0, 0.05), (0.0, 0.3), (0.0, 1.0), (-0.1, 0.2)])
def test_nothing_is_called_present_too_often_over_all_looks(effect: float, discordance: float) -> None:
    runs = pairs(effect, discordance, (1000, 300))
    assert (log_wealth(runs, 0.0, "above").max(axis=1) >= math.log(20)).mean() <= at_most(0.05, 1000)


@pytest.mark.parametrize(("effect", "discordance"), [(0.1, 0.1), (0.1, 0.3), (0.1, 1.0), (0.2, 0.2)])
def test_the_smallest_effect_is_called_absent_too_seldom_to_matter(effect: float, discordance: float) -> None:
    runs = pairs(effect, discordance, (1000, 300))
    assert (log_wealth(runs, 0.1, "below").max(axis=1) >= math.log(20)).mean() <= at_most(0.05, 1000)


@pytest.mark.parametrize(("effect", "discordance"), [(0.0, 0.1), (0.3, 0.4)])
def test_the_confidence_sequence_holds_at_every_look(effect: float, discordance: float) -> None:
    """The mean is left out at some time exactly where one side reaches 2 / alpha against it."""
    runs = pairs(effect, discordance, (1000, 300))
    sides = np.maximum(log_wealth(runs, effect, "above"), log_wealth(runs, effect, "below"))
    assert (sides.max(axis=1) >= math.log(40)).mean() <= at_most(0.05, 1000)


@given(st.lists(pair, min_size=1, max_size=60))
def test_the_interval_holds_the_mean_and_its_bounds_are_where_the_evidence_is(values: list[int]) -> None:
    low, high = confidence_sequence(values)
    assert low <= np.mean(values) <= high
    if low > -0.999:
        assert log_wealth(values, low, "above")[-1] == pytest.approx(math.log(40), abs=1e-6)
    if high < 0.999:
        assert log_wealth(values, high, "below")[-1] == pytest.approx(math.log(40), abs=1e-6)


def test_a_run_stops_at_the_first_evidence_and_uses_no_later_pair() -> None:
    seen = opposed_test([1.0] * 50, 0.1)
    assert seen.verdict == "present"
    assert seen == opposed_test([1.0] * seen.pairs + [-1.0] * 50, 0.1)
    assert opposed_test([0.0] * 200, 0.1).verdict == "absent"
    assert opposed_test([0.0] * 5, 0.1) == opposed_test([0.0] * 5, 0.1)
    assert opposed_test([0.0] * 5, 0.1).verdict == "inconclusive"
    assert opposed_test([], 0.1).pairs == 0


def test_simulated_runs_are_those_of_the_test_itself() -> None:
    told = expected_pairs(0.2, 0.3, 0.1, 120, runs=300, seed=3)
    single = [opposed_test(run, 0.1) for run in pairs(0.2, 0.3, (300, 120), seed=3)]
    assert told.mean == pytest.approx(np.mean([one.pairs for one in single]))
    for verdict in ("present", "absent", "inconclusive"):
        assert getattr(told, verdict) == pytest.approx(np.mean([one.verdict == verdict for one in single]))


def test_looking_saves_pairs_where_the_effect_is_none_or_large() -> None:
    """A fixed design with a power of 90% at an effect of .10 takes 136 pairs at this discordance."""
    none, large = expected_pairs(0.0, 0.05, 0.1, 272), expected_pairs(0.2, 0.25, 0.1, 272)
    assert none.mean < 80
    assert none.absent > 0.95
    assert large.mean < 60
    assert large.present > 0.95


@pytest.mark.parametrize("values", [[1.1], [math.nan]])
def test_values_that_cannot_be_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match="between -1 and 1"):
        log_wealth(values, 0.0, "above")


def test_arguments_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="smallest effect"):
        opposed_test([0.0], 0.0)
    with pytest.raises(ValueError, match="alpha"):
        opposed_test([0.0], 0.1, alpha=1.0)
    with pytest.raises(ValueError, match="discordance"):
        expected_pairs(0.3, 0.2, 0.1, 10)
