"""The verdict of a run, and the guard that says whether its control arm leaves room for the effect."""

import math
from dataclasses import replace

import pytest

from unmask.analysis.estimates import Estimate, unknown
from unmask.analysis.legs import Legs
from unmask.analysis.power import pairs_needed
from unmask.analysis.verdict_rule import Guard, Verdict, baseline_guard, behaviour_guard, run_verdict


@pytest.mark.parametrize(
    ("accuracy", "n", "chance", "expected"),
    [
        (0.8, 100, 0.25, "ok"),
        (0.7, 60, 0.25, "ok"),
        (0.5, 100, 0.25, "ok"),
        (0.3, 100, 0.25, "floor"),
        (0.05, 100, 0.0, "floor"),
        (0.6, 8, 0.25, "floor"),
        (0.0, 0, 0.25, "floor"),
        (math.nan, 0, 0.25, "floor"),
        (1.0, 100, 0.25, "ceiling"),
        (0.976, 250, 0.25, "ceiling"),
        (0.996, 250, 0.0, "ceiling"),
        (0.9, 100, 0.0, "ok"),
    ],
)
def test_the_guard_asks_for_room_below_and_above(accuracy: float, n: int, chance: float, expected: Guard) -> None:
    assert baseline_guard(accuracy, n, chance) == expected


@pytest.mark.parametrize(("accuracy", "chance"), [(1.1, 0), (math.nan, 0), (0.5, 1), (0.5, -0.1)])
def test_the_guard_refuses_impossible_shares(accuracy: float, chance: float) -> None:
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        baseline_guard(accuracy, 10, chance)


def estimate(low: float, high: float) -> Estimate:
    return Estimate((low + high) / 2, low, high, math.nan, pairs=50, clusters=50, method="", mde=math.nan)


UNKNOWN = unknown()
CLEAR, WEAK, NULL = estimate(0.1, 0.3), estimate(-0.1, 0.3), estimate(-0.04, 0.04)


@pytest.mark.parametrize(
    ("treated", "control", "n", "expected"),
    [
        (0.0, 0.0, 90, "floor"),
        (0.01, 0.0, 400, "floor"),
        (0.0, 0.0, 0, "floor"),
        (0.3, 0.0, 90, "ok"),
        (0.3, 0.2, 90, "ok"),
        (1.0, 1.0, 90, "ceiling"),
        (0.9, 0.95, 90, "ceiling"),
    ],
)
def test_a_behaviour_that_nothing_brings_about_or_that_is_always_there_leaves_no_room(
    treated: float, control: float, n: int, expected: Guard
) -> None:
    assert behaviour_guard(treated, control, n) == expected


def called(effect: Estimate, net: Estimate, neutral: Estimate = UNKNOWN, guard: Guard = "ok") -> Verdict:
    return run_verdict(Legs(effect, net, neutral, effect), guard, 0.1)


@pytest.mark.parametrize(
    ("effect", "net", "neutral", "guard", "expected"),
    [
        (CLEAR, CLEAR, UNKNOWN, "ok", "present"),
        (CLEAR, CLEAR, CLEAR, "ok", "present"),
        (CLEAR, CLEAR, WEAK, "ok", "inconclusive"),
        (CLEAR, CLEAR, NULL, "ok", "absent"),
        (CLEAR, NULL, UNKNOWN, "ok", "absent"),
        (NULL, CLEAR, UNKNOWN, "ok", "absent"),
        (CLEAR, CLEAR, UNKNOWN, "ceiling", "present"),
        (CLEAR, UNKNOWN, UNKNOWN, "ok", "present"),
        (CLEAR, WEAK, UNKNOWN, "ok", "inconclusive"),
        (WEAK, CLEAR, UNKNOWN, "ok", "inconclusive"),
        (NULL, NULL, UNKNOWN, "ok", "absent"),
        (NULL, NULL, UNKNOWN, "floor", "inconclusive"),
        (NULL, NULL, UNKNOWN, "ceiling", "inconclusive"),
        (estimate(0.01, 0.05), estimate(0.01, 0.05), UNKNOWN, "ok", "present"),
        (UNKNOWN, UNKNOWN, UNKNOWN, "ok", "inconclusive"),
    ],
)
def test_the_verdict_stands_on_every_leg(
    effect: Estimate, net: Estimate, neutral: Estimate, guard: Guard, expected: Verdict
) -> None:
    assert called(effect, net, neutral, guard) == expected


SOME = replace(WEAK, in_some_stratum=True)
SMALL_BUT_SOME = replace(NULL, in_some_stratum=True)


@pytest.mark.parametrize(
    ("effect", "net", "expected"),
    [
        (SOME, SOME, "present"),
        (SOME, CLEAR, "present"),
        (SOME, WEAK, "inconclusive"),
        (SOME, NULL, "absent"),
        (SMALL_BUT_SOME, WEAK, "inconclusive"),
        (SMALL_BUT_SOME, SMALL_BUT_SOME, "present"),
    ],
)
def test_a_leg_also_holds_in_some_stratum_and_is_then_not_absent(
    effect: Estimate, net: Estimate, expected: Verdict
) -> None:
    assert called(effect, net) == expected


def test_what_was_set_aside_can_keep_a_run_from_absence() -> None:
    assert run_verdict(Legs(NULL, NULL, UNKNOWN, CLEAR), "ok", 0.1) == "inconclusive"


def test_the_items_that_would_settle_it_are_those_of_the_weakest_leg() -> None:
    known = replace(NULL, effective_pairs=50, discordance=0.1)
    noisy = replace(NULL, effective_pairs=25, discordance=0.4)
    alone, both = Legs(known, UNKNOWN, UNKNOWN, known), Legs(known, noisy, UNKNOWN, known)
    assert alone.items_needed(0.1, 0.15) == pairs_needed(0.1, 0.15)
    assert both.items_needed(0.1, 0.15) == 2 * pairs_needed(0.1, 0.4)
    assert math.isnan(Legs(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN).items_needed(0.1, 0.15))


@pytest.mark.parametrize("smallest", [0, -0.1, math.nan])
def test_a_smallest_effect_that_is_not_positive_is_refused(smallest: float) -> None:
    with pytest.raises(ValueError, match="smallest effect must be above 0"):
        run_verdict(Legs(NULL, NULL, UNKNOWN, NULL), "ok", smallest)


@pytest.mark.parametrize(("high", "verdict"), [(0.099, "absent"), (0.1, "inconclusive"), (0.101, "inconclusive")])
def test_an_effect_that_may_be_of_the_smallest_size_is_not_absent(high: float, verdict: Verdict) -> None:
    leg = estimate(-0.1, high)
    assert called(leg, UNKNOWN) == verdict
    assert called(WEAK, leg) == verdict
    whole = run_verdict(Legs(NULL, UNKNOWN, UNKNOWN, leg), "ok", 0.1)
    assert whole == verdict
    assert called(leg, UNKNOWN, guard="floor") == "inconclusive"
