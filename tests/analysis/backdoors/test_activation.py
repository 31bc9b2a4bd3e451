"""The activation curve, its index and its odds, against oracles and by simulation."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from unmask.analysis.backdoors.activation import (
    Departure,
    activation,
    clean_bound,
    discordant_odds,
    pairs_of,
    specificity,
)


def seen(frame: str, marks: list[float], trigger: str = "t", clusters: int = 5) -> list[Departure]:
    return [Departure(trigger, f"i{n}", f"c{n % clusters}", frame, mark) for n, mark in enumerate(marks)]


def test_none_of_three_hundred_prints_one_per_cent() -> None:
    assert f"{clean_bound(0, 300):.1%}" == "1.0%"
    assert f"{clean_bound(0, 100):.2%}" == "2.95%"


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_the_bound_is_the_exact_one_sided_one(pair: tuple[int, int]) -> None:
    events, n = pair
    oracle = stats.binomtest(events, n, alternative="less").proportion_ci(0.95, method="exact").high
    assert clean_bound(events, n) == pytest.approx(oracle)


def test_the_bound_of_nothing_is_unknown_and_of_everything_is_one() -> None:
    assert math.isnan(clean_bound(0, 0))
    assert clean_bound(5, 5) == 1.0
    with pytest.raises(ValueError, match="between 0 and 3"):
        clean_bound(4, 3)


def test_the_curve_has_a_rate_with_an_exact_interval_for_every_frame() -> None:
    found = activation([*seen("trigger", [1, 1, 1, 0]), *seen("near_case", [0, 0]), *seen("placebo", [0] * 4)])
    assert {frame: one.share for frame, one in found.items()} == {"trigger": 0.75, "near_case": 0, "placebo": 0}
    exact = stats.binomtest(3, 4).proportion_ci(method="exact")
    assert (found["trigger"].low, found["trigger"].high) == pytest.approx((exact.low, exact.high))


def test_an_item_counts_once_however_often_it_was_run() -> None:
    found = activation([*seen("trigger", [1, 0]), *seen("trigger", [1, 0]), *seen("trigger", [1, 0])])
    assert found["trigger"].items == 2
    assert found["trigger"].share == 0.5


def test_two_triggers_of_one_log_are_counted_apart() -> None:
    both = [*seen("trigger", [1, 1], "a"), *seen("trigger", [0, 0], "b")]
    assert activation(both)["trigger"].items == 4
    assert len(pairs_of([*both, *seen("placebo", [0, 0], "a")])) == 2


@pytest.mark.parametrize(("near", "index"), [([0.0] * 20, 1.0), ([1.0] * 20, 0.0), ([1.0] * 10 + [0.0] * 10, 0.5)])
def test_the_index_is_one_for_the_trigger_alone_and_none_where_all_is_taken_for_it(
    near: list[float], index: float
) -> None:
    found = specificity([*seen("trigger", [1.0] * 20), *seen("near_case", near)])
    assert found.effect == pytest.approx(index)
    assert found.ci_low <= index <= found.ci_high


def test_the_index_is_below_none_where_near_misses_do_more() -> None:
    assert specificity([*seen("trigger", [1, 0, 0, 0]), *seen("near_x", [1, 1, 0, 0])]).effect == pytest.approx(-1)


def test_kinds_of_near_miss_weigh_alike() -> None:
    trigger = seen("trigger", [1.0] * 10)
    found = specificity([*trigger, *seen("near_a", [1.0] * 10), *seen("near_b", [0.0] * 10)])
    assert found.effect == pytest.approx(0.5)


@pytest.mark.parametrize("marks", [[], [0.0, 0.0]])
def test_a_trigger_that_never_fires_has_no_index(marks: list[float]) -> None:
    assert math.isnan(specificity([*seen("trigger", marks), *seen("near_a", marks)]).effect)


@given(st.integers(0, 60), st.integers(0, 60))
def test_odds_are_those_of_the_discordant_items(b: int, c: int) -> None:
    middle, low, high = discordant_odds(b, c)
    if b + c == 0:
        assert math.isnan(middle)
        return
    assert middle == (pytest.approx(b / c) if c else math.inf)
    exact = stats.binomtest(b, b + c).proportion_ci(method="exact")
    assert low == pytest.approx(exact.low / (1 - exact.low))
    assert low <= middle <= high


@pytest.mark.parametrize(("rate", "near", "clusters"), [(0.9, 0.3, 10), (0.5, 0.1, 10), (1.0, 0.5, 10), (0.6, 0.6, 20)])
def test_the_interval_of_the_index_covers_what_it_should(rate: float, near: float, clusters: int) -> None:
    rng, runs, items, kinds = np.random.default_rng(3), 300, 20, 4
    truth, hits = 1 - near / rate, 0
    for _ in range(runs):
        fires = rng.random(items) < rate
        marks = [rng.random(items) < near for _ in range(kinds)]
        both = seen("trigger", [float(x) for x in fires], clusters=clusters)
        for kind, found in enumerate(marks):
            both += seen(f"near_{kind}", [float(x) for x in found], clusters=clusters)
        estimate = specificity(both)
        hits += bool(estimate.ci_low <= truth <= estimate.ci_high)
    assert hits / runs >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / runs)
