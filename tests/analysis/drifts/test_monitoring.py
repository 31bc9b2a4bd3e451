"""The alarm keeps its promise over fifty looks at one baseline, finds what is there, and its bounds hold together."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import binomtest

from unmask.analysis.count_tests import mcnemar_midp
from unmask.analysis.drifts.monitoring import BETS, DriftMonitor, log_evidence

Array = npt.NDArray[np.float64]
ITEMS, LOOKS = 40, 50


def outcomes(rng: np.random.Generator, rates: Array, runs: int) -> Array:
    return (rng.uniform(size=(runs, len(rates))) < rates).astype(float)


def named(differences: Array) -> dict[str, float]:
    return {str(n): float(value) for n, value in enumerate(differences)}


def item_rates(rng: np.random.Generator, kind: str) -> Array:
    return {
        "rare": np.full(ITEMS, 0.03),
        "even": np.full(ITEMS, 0.5),
        "mixed": rng.choice([0.0, 0.1, 0.5, 0.9], ITEMS),
    }[kind]


@pytest.mark.parametrize(("kind", "baseline"), [("rare", 1), ("mixed", 1), ("even", 3)])
def test_false_alarms_over_fifty_looks_stay_below_alpha(kind: str, baseline: int) -> None:
    rng, alpha, repeats, alarms = np.random.default_rng(3), 0.05, 20, 0
    for _ in range(repeats):
        rates = item_rates(rng, kind)
        start = outcomes(rng, rates, baseline).mean(axis=0)
        monitor = DriftMonitor(alpha)
        looks = [monitor.look(named(one - start)) for one in outcomes(rng, rates, LOOKS)]
        alarms += looks[-1].alarm
    assert binomtest(alarms, repeats, alpha, alternative="greater").pvalue > 0.01, alarms


def test_a_test_at_level_alpha_a_look_goes_off_in_most_unchanged_series() -> None:
    """Why this module is there."""
    rng, alarms = np.random.default_rng(4), 0
    for _ in range(50):
        rates = item_rates(rng, "even")
        start, looks = outcomes(rng, rates, 1)[0], outcomes(rng, rates, LOOKS)
        counts = [(int((one > start).sum()), int((one < start).sum())) for one in looks]
        alarms += any(mcnemar_midp(up, down) < 0.05 for up, down in counts)
    assert alarms > 25


def test_a_betting_process_over_all_looks_takes_the_baselines_noise_for_a_change() -> None:
    """Looks that share a baseline are not independent, so that their evidence must not be multiplied."""
    rng, alarms = np.random.default_rng(5), 0
    for _ in range(40):
        rates = item_rates(rng, "even")
        start, total = outcomes(rng, rates, 1)[0], np.zeros(2)
        best = -math.inf
        for one in outcomes(rng, rates, LOOKS):
            total += [float(np.log1p(sign * 0.1 * (one - start)).sum()) for sign in (1, -1)]
            best = max(best, float(np.logaddexp(*total)) - math.log(2))
        alarms += best >= math.log(20)
    assert alarms > 8


@pytest.mark.parametrize(("shift", "within"), [(0.6, 1), (0.35, 3)])
def test_a_change_is_found_soon(shift: float, within: int) -> None:
    rng, found = np.random.default_rng(6), 0
    for _ in range(40):
        rates = np.full(60, 0.1)
        start = outcomes(rng, rates, 2).mean(axis=0)
        monitor = DriftMonitor(0.05, series=3)
        for one in outcomes(rng, rates, 5):
            monitor.look(named(one - start))
        after = [monitor.look(named(one - start)) for one in outcomes(rng, rates + shift, within)]
        found += after[-1].alarm
    assert found >= 36


def test_bounds_of_all_looks_hold_together() -> None:
    rng, held = np.random.default_rng(7), 0
    for _ in range(30):
        rates = item_rates(rng, "mixed")
        start = outcomes(rng, rates, 1)[0]
        monitor = DriftMonitor(0.05)
        shifts = rng.uniform(0, 0.1, (10, ITEMS))
        true = [float((np.clip(rates + shift, 0, 1) - rates).mean()) for shift in shifts]
        looks = [monitor.look(named(outcomes(rng, np.clip(rates + shift, 0, 1), 1)[0] - start)) for shift in shifts]
        held += all(look.low <= drift <= look.high for look, drift in zip(looks, true, strict=True))
    assert held >= 25


def test_evidence_is_the_mean_of_the_bets_products() -> None:
    values = np.array([1.0, 0.0, -0.5, 0.25])
    by_hand = np.mean([np.prod([1 + bet * (x - 0.1) / 1.1 for x in values]) for bet in BETS])
    assert math.exp(log_evidence(values, 0.1)) == pytest.approx(by_hand)


def test_its_expectation_is_one_at_most_where_items_drift_apart() -> None:
    """Half the items rise, half fall, the mean stays: exact, over all outcomes of six items."""
    rates, old = np.array([0.9, 0.9, 0.9, 0.1, 0.1, 0.1]), np.full(6, 0.5)
    total = 0.0
    for code in range(2**6):
        x = np.array([code >> n & 1 for n in range(6)], dtype=float)
        total += float(np.prod(np.where(x == 1, rates, 1 - rates))) * math.exp(log_evidence(x - old))
    assert total <= 1 + 1e-9


def test_a_small_lasting_change_adds_up_over_looks() -> None:
    """What no single look shows, a window of several does."""
    rng = np.random.default_rng(8)
    rates = np.full(100, 0.4)
    start = outcomes(rng, rates, 20).mean(axis=0)
    looks = outcomes(rng, rates + 0.1, 16)
    together = DriftMonitor()
    assert [together.look(named(one - start)) for one in looks][-1].alarm
    assert not any(DriftMonitor().look(named(one - start)).alarm for one in looks)


def test_items_may_come_and_go_between_looks() -> None:
    monitor = DriftMonitor()
    looks = [monitor.look(one) for one in ({"a": 0.5}, {"b": -0.5, "c": 0.0}, {}, {"a": 0.5, "b": 0.5})]
    assert [look.items for look in looks] == [1, 2, 0, 2]
    assert looks[-1].drift == 0.5


def test_a_subject_that_repeats_itself_gives_no_evidence() -> None:
    monitor = DriftMonitor()
    looks = [monitor.look(dict.fromkeys("abcdef", 0.0)) for _ in range(LOOKS)]
    assert not any(look.alarm for look in looks)
    assert all(look.low < 0 < look.high for look in looks)


def test_a_look_without_items_says_nothing() -> None:
    look = DriftMonitor().look({})
    assert math.isnan(look.drift)
    assert (look.low, look.high, look.items, look.alarm) == (-1.0, 1.0, 0, False)


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_a_level_that_is_none_is_refused(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        DriftMonitor(alpha)


def test_a_difference_out_of_bounds_is_refused() -> None:
    with pytest.raises(ValueError, match="between -1 and 1"):
        DriftMonitor().look({"a": 1.5})
