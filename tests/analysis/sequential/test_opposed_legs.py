"""The rule over several legs."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unmask.analysis.sequential.betting import log_wealth, opposed_test
from unmask.analysis.sequential.opposed_legs import (
    LegValues,
    fewest_observations,
    first_stop,
    leg_bounds,
    leg_evidence,
)

pair = st.sampled_from([-1.0, 0.0, 0.0, 1.0, 1.0])


@given(st.lists(pair, min_size=1, max_size=120))
def test_a_single_leg_stops_where_the_opposed_test_does(values: list[float]) -> None:
    told, whole = opposed_test(values, 0.1), first_stop(leg_evidence(LegValues(np.array(values)), 0.1, 0.05))
    assert (told.verdict, told.pairs) == (whole.verdict, whole.observations)


@given(st.lists(pair, min_size=2, max_size=80), st.integers(1, 79))
def test_evidence_knows_of_no_later_pair(values: list[float], count: int) -> None:
    both = LegValues(np.array(values), net=np.array(values) * 2, neutral=np.array(values[::-1]))
    whole, early = leg_evidence(both, 0.1, 0.05), leg_evidence(both.upto(count), 0.1, 0.05)
    assert np.allclose(whole.present[:count], early.present)
    assert np.allclose(whole.absent[:count], early.absent)


def test_presence_has_to_show_on_every_leg() -> None:
    ones, none = np.ones(60), np.zeros(60)
    assert first_stop(leg_evidence(LegValues(ones, net=ones), 0.1, 0.05)).verdict == "present"
    explained = leg_evidence(LegValues(ones, net=none), 0.1, 0.05)
    assert not explained.is_present.any()
    assert first_stop(leg_evidence(LegValues(np.ones(200), net=np.zeros(200)), 0.1, 0.05)).verdict == "absent"


def test_a_missing_value_moves_nothing_and_blocks_nothing() -> None:
    values = np.array([1.0, math.nan] * 12)
    dense = leg_evidence(LegValues(np.ones(12)), 0.1, 0.05)
    assert np.allclose(leg_evidence(LegValues(values), 0.1, 0.05).present[::2], dense.present)


def test_absence_needs_the_whole_and_waits_for_room_and_for_the_end_of_a_round() -> None:
    none = np.zeros(200)
    aside = LegValues(none, net=none, whole=np.full(200, 0.5), aside=np.arange(200) == 0)
    assert first_stop(leg_evidence(aside, 0.1, 0.05)).verdict == "inconclusive"
    plain = leg_evidence(LegValues(none), 0.1, 0.05)
    assert first_stop(plain).observations == fewest_observations(0.1, 0.05)
    assert first_stop(plain, lambda count: count > 90).observations == 91
    rounds = LegValues(none, looks=np.arange(1, 201) % 30 == 0)
    assert first_stop(leg_evidence(rounds, 0.1, 0.05)).observations == 60


def test_an_effect_in_one_stratum_is_presence_and_no_absence() -> None:
    strata, turns = np.arange(120) % 6, np.arange(120) // 6
    values = np.where(strata == 0, 1.0, (-1.0) ** (turns + strata))
    alone = first_stop(leg_evidence(LegValues(values, strata=strata), 0.1, 0.05))
    assert alone.verdict == "present"
    assert not leg_evidence(LegValues(values), 0.1, 0.05).is_present[: alone.observations].any()
    net = leg_evidence(LegValues(values, net=np.zeros(120), strata=strata), 0.1, 0.05)
    assert not net.is_present.any()


def test_bounds_exclude_what_there_is_evidence_against() -> None:
    mean, low, high = leg_bounds(np.array([1.0, math.nan, 0.0] * 20), 0.05, bound=2.0)
    assert low < mean == 0.5 < high
    evidence = leg_evidence(LegValues(np.zeros(43)), 0.1, 0.05)
    assert evidence.is_absent[-1] == (leg_bounds(np.zeros(43), 0.05)[2] <= 0.1)
    assert math.isnan(leg_bounds(np.array([math.nan]), 0.05)[0])


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="alpha"):
        leg_evidence(LegValues(np.zeros(2)), 0.1, 1.0)
    with pytest.raises(ValueError, match="smallest effect"):
        leg_evidence(LegValues(np.zeros(2)), 1.0, 0.05)


def test_a_false_verdict_over_two_legs_is_rare() -> None:
    rng = np.random.default_rng(4)

    def runs(effect: float, net: float) -> LegValues:
        target = (rng.random((600, 200)) < 0.1 + effect).astype(float) - (rng.random((600, 200)) < 0.1)
        shift = (rng.random((600, 200)) < effect - net).astype(float)
        return LegValues(target, net=target - shift)

    assert leg_evidence(runs(0.3, 0.0), 0.1, 0.05).is_present[:, -1].mean() < 0.05
    assert leg_evidence(runs(0.1, 0.1), 0.1, 0.05).is_absent[:, -1].mean() < 0.05


@given(st.lists(pair, min_size=1, max_size=60))
def test_one_stratum_is_the_whole(values: list[float]) -> None:
    x = np.array(values)
    one = leg_evidence(LegValues(x, strata=np.zeros(len(x), dtype=np.int64)), 0.1, 0.05)
    assert one.present == pytest.approx(leg_evidence(LegValues(x), 0.1, 0.05).present)


def test_two_strata_have_the_mean_of_the_evidence_of_the_whole_and_of_either() -> None:
    x, strata = np.array([1.0, 0.0, 1.0, -1.0]), np.array([0, 1, 0, 1])
    single = [log_wealth(np.where(strata == one, x, 0.0), 0.0, "above") for one in (0, 1)]
    wanted = (np.exp(log_wealth(x, 0.0, "above")) + (np.exp(single[0]) + np.exp(single[1])) / 2) / 2
    found = leg_evidence(LegValues(x, strata=strata), 0.1, 0.05).present
    assert np.exp(found) == pytest.approx(np.maximum.accumulate(wanted))
