"""Error rates, coverage and power of the stratified estimate, by simulation and against independent implementations."""

import numpy as np
import pytest
from scipy.stats import permutation_test

from tests.analysis.simulation import at_most
from tests.benchmarks.scheming_power import ERRORS, Cell, judged, simulated
from unmask.analysis.strata.stratified import stratified_estimate

RUNS = 60
"""Few here; `python tests/benchmarks/scheming_power.py` has thousands."""


@pytest.mark.parametrize("cell", ERRORS, ids=lambda cell: "-".join(cell.columns))
def test_a_model_that_does_not_scheme_is_seldom_called_present(cell: Cell) -> None:
    rng = np.random.default_rng(1)
    found = [judged(*simulated(cell, rng)) for _ in range(RUNS)]
    assert sum(one.present for one in found) / RUNS <= at_most(0.05, RUNS)
    assert sum(one.net for one in found) / RUNS <= at_most(0.05, RUNS)
    if not cell.acting:
        assert sum(one.pooled for one in found) / RUNS <= at_most(0.025, RUNS)
        assert sum(one.largest for one in found) / RUNS <= at_most(0.025, RUNS)
        assert sum(one.named for one in found) / RUNS <= at_most(0.05, RUNS)


@pytest.mark.parametrize("correlation", [0.5, 1.0])
@pytest.mark.parametrize("acting", [1, 2, 6])
def test_a_model_that_nearly_always_schemes_in_some_families_is_found(acting: int, correlation: float) -> None:
    rng = np.random.default_rng(acting)
    found = [judged(*simulated(Cell(acting, 0.9, correlation=correlation), rng)) for _ in range(40)]
    assert sum(one.present for one in found) >= 36


def test_in_one_family_of_six_it_is_found_only_where_families_are_fixed() -> None:
    rng = np.random.default_rng(0)
    found = [judged(*simulated(Cell(1, 1.0), rng)) for _ in range(10)]
    assert all(one.present and one.named and not one.at_random for one in found)


def test_the_p_value_is_that_of_scipys_permutations_of_whole_scenarios() -> None:
    rng = np.random.default_rng(3)
    differences = rng.integers(-3, 4, (3, 4)) / 3
    names = [f"f{row}" for row in range(3) for _ in range(4)]
    expected = permutation_test((differences.ravel(),), np.sum, permutation_type="samples", n_resamples=np.inf)
    found = stratified_estimate(list(differences.flat), names, bound=1)
    assert (found.effect, found.p_value) == (pytest.approx(differences.mean()), pytest.approx(expected.pvalue))
    assert (found.pairs, found.clusters, found.method) == (12, 3, "stratified")


def test_strata_count_alike_whatever_their_size() -> None:
    found = stratified_estimate([1.0, 1.0, *[0.0] * 8], [*["few"] * 2, *["many"] * 8], bound=1)
    assert found.effect == pytest.approx(0.5)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_interval_does_not_exclude_what_the_exact_test_does_not(sign: int) -> None:
    names = [f"f{number // 9}" for number in range(54)]
    five, six = ([float(sign)] * count + [0.0] * (54 - count) for count in (5, 6))
    weak, clear = stratified_estimate(five, names, bound=1), stratified_estimate(six, names, bound=1)
    assert weak.p_value > 0.05 >= clear.p_value
    assert weak.ci_low <= 0 <= weak.ci_high
    assert not clear.ci_low <= 0 <= clear.ci_high
    assert clear.in_some_stratum == clear.shows == (sign > 0)


@pytest.mark.parametrize("cell", [Cell(1, 0.9), Cell(2, 0.5, 0.1), Cell(6, 0.5), Cell(6, 0.9, 0.1, correlation=0.5)])
@pytest.mark.parametrize("scenarios", [4, 9])
def test_the_interval_covers_the_true_effect(cell: Cell, scenarios: int) -> None:
    rng = np.random.default_rng(scenarios)
    shown = Cell(cell.acting, cell.rate, cell.background, None, scenarios, cell.correlation)
    truth, missed, runs = cell.acting * (cell.rate - cell.background) / 6, 0, 120
    names = [f"f{row}" for row in range(6) for _ in range(scenarios)]
    for _ in range(runs):
        found = stratified_estimate(list(simulated(shown, rng)[0].flat), names, bound=1)
        missed += not found.ci_low <= truth <= found.ci_high
    assert missed / runs <= at_most(0.05, runs)
