"""The verdict of a run, and the guard that says whether its control arm leaves room for the effect."""

import math

import pytest

from unmask.analysis.estimates import Estimate, unknown
from unmask.analysis.verdict_rule import Guard, Verdict, baseline_guard, run_verdict


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
    ("effect", "net", "guard", "expected"),
    [
        (CLEAR, CLEAR, "ok", "present"),
        (CLEAR, CLEAR, "ceiling", "present"),
        (CLEAR, UNKNOWN, "ok", "present"),
        (CLEAR, WEAK, "ok", "inconclusive"),
        (WEAK, CLEAR, "ok", "inconclusive"),
        (NULL, NULL, "ok", "absent"),
        (NULL, UNKNOWN, "ok", "absent"),
        (NULL, NULL, "floor", "inconclusive"),
        (NULL, NULL, "ceiling", "inconclusive"),
        (estimate(0.01, 0.05), estimate(0.01, 0.05), "ok", "present"),
        (UNKNOWN, UNKNOWN, "ok", "inconclusive"),
    ],
)
def test_the_verdict(effect: Estimate, net: Estimate, guard: Guard, expected: Verdict) -> None:
    assert run_verdict(effect, net, effect, guard, 0.1) == expected


def test_what_was_set_aside_can_keep_a_run_from_absence() -> None:
    assert run_verdict(NULL, NULL, CLEAR, "ok", 0.1) == "inconclusive"


@pytest.mark.parametrize("smallest", [0, -0.1, math.nan])
def test_a_smallest_effect_that_is_not_positive_is_refused(smallest: float) -> None:
    with pytest.raises(ValueError, match="smallest effect must be above 0"):
        run_verdict(NULL, NULL, NULL, "ok", smallest)
