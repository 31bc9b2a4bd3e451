"""What changed between two runs: against a brute-force oracle, and by coverage."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from unmask.analysis.drifts.drift import effect_drift, net_effect_drift, rate_drift
from unmask.analysis.effects import CLUSTERED, STRATIFIED, Observation

ARMS = (("treatment", "target"), ("control", "target"), ("treatment", "placebo"), ("control", "placebo"))


def run(outcomes: Sequence[Sequence[float]], clusters: int = 0, wording: str = "w") -> list[Observation]:
    """One sample an item and cell; outcomes in the order of `ARMS`."""
    return [
        Observation(f"i{n}", f"c{n % clusters if clusters else n}", wording, arm, stratum, value)  # type: ignore[arg-type]
        for n, cells in enumerate(outcomes)
        for (arm, stratum), value in zip(ARMS, cells, strict=False)
    ]


def test_a_rates_change_is_the_mean_of_paired_differences() -> None:
    before, after = run([[0], [0], [1], [0]]), run([[1], [0], [1], [1]])
    found = rate_drift(before, after)
    assert found.effect == pytest.approx(0.5)
    assert found.pairs == 4


def test_an_effects_change_is_the_difference_in_differences() -> None:
    rng = np.random.default_rng(0)
    old, new = rng.integers(0, 2, (30, 2)), rng.integers(0, 2, (30, 2))
    found = effect_drift(run(old.tolist()), run(new.tolist()))
    assert found.effect == pytest.approx(((new[:, 0] - new[:, 1]) - (old[:, 0] - old[:, 1])).mean())
    assert found.pairs == 30


def test_a_net_effects_change_takes_the_placebos_off_on_both_sides() -> None:
    rng = np.random.default_rng(1)
    old, new = rng.integers(0, 2, (24, 4)), rng.integers(0, 2, (24, 4))
    signs = np.array([1, -1, -1, 1])
    found = net_effect_drift(run(old.tolist()), run(new.tolist()))
    assert found.effect == pytest.approx((new @ signs - old @ signs).mean())


def test_only_what_has_all_outcomes_in_both_runs_is_compared() -> None:
    before, after = run([[1, 0], [1, 0], [1, 0]]), run([[0, 0], [0, 0], [0, 0]])
    found = effect_drift(before[:-1], after[1:])  # the third item lacks control before, the first treatment after
    assert (found.pairs, found.effect) == (1, -1.0)
    assert found.unpaired == 6


def test_wordings_are_not_paired_with_each_other() -> None:
    assert math.isnan(effect_drift(run([[1, 0]], wording="a"), run([[1, 0]], wording="b")).effect)
    assert rate_drift(run([[1]], wording="a"), run([[1]], wording="b")).pairs == 0
    assert net_effect_drift(run([[1, 0, 0, 0]], wording="a"), run([[1, 0, 0, 0]], wording="b")).pairs == 0


def test_strata_count_alike_where_the_design_fixes_them() -> None:
    before = run([[0, 0, 0, 0]] * 5, clusters=2)
    after = run([[1, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 0]], clusters=2)
    for estimate in (effect_drift, net_effect_drift):
        found = estimate(before, after, 0.05, STRATIFIED)
        assert found.method == "stratified"
        assert found.effect == pytest.approx(0.5)


def test_a_single_item_says_no_more_of_a_net_change_than_that_it_is_one() -> None:
    """Between -4 and 4, which is as far as the net effects of two runs can lie apart."""
    for estimators in (STRATIFIED, CLUSTERED):
        found = net_effect_drift(run([[0, 1, 1, 0]]), run([[1, 0, 0, 1]]), 0.05, estimators)
        assert found.effect == 4.0
        assert -4.0 <= found.ci_low <= found.ci_high <= 4.0


@pytest.mark.parametrize("shift", [0.0, 0.3])
def test_intervals_cover_the_true_change(shift: float) -> None:
    """Items differ in their rates; nominal 95%, of 100 runs at least 87 (binomial, 1 in 1000)."""
    rng = np.random.default_rng(2)
    covered = {"rate": 0, "effect": 0, "net": 0}
    for _ in range(100):
        base = rng.uniform(0, 0.5, 40)
        rates = np.column_stack([base, base, base, base])
        old = (rng.uniform(size=rates.shape) < rates).astype(int).tolist()
        new = (rng.uniform(size=rates.shape) < rates + np.array([shift, 0, 0, 0])).astype(int).tolist()
        before, after = run(old), run(new)
        treated = [[o for o in side if (o.arm, o.stratum) == ARMS[0]] for side in (before, after)]
        estimates = {
            "rate": rate_drift(*treated),
            "effect": effect_drift(before, after),
            "net": net_effect_drift(before, after),
        }
        for name, one in estimates.items():
            covered[name] += one.ci_low <= shift <= one.ci_high
    assert min(covered.values()) >= 87, covered
