"""Intervals against published tables and independent implementations."""

import math

import numpy as np
import pytest
from evalstats.core.resampling import newcombe_mover_paired_ci
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.proportion import proportion_confint

from unmask.analysis.intervals import (
    PRIOR_CORRELATION,
    PRIOR_DF,
    PairedTable,
    cluster_by_item,
    clustering,
    critical_value,
    moderated_mean,
    newcombe,
    rate,
    wilson,
)

cells = st.integers(0, 40)
tables = st.builds(PairedTable, cells, cells, cells, cells).filter(any)


def arms(table: PairedTable) -> tuple[np.ndarray, np.ndarray]:
    """Treatment and control outcomes of a table."""
    return np.repeat([1, 1, 0, 0], table), np.repeat([1, 0, 1, 0], table)


@pytest.mark.parametrize(
    ("n", "alpha", "upper"),
    [(50, 0.05, 0.071), (100, 0.05, 0.036), (300, 0.05, 0.012), (300, 0.10, 0.010)],
)
def test_no_event_leaves_the_published_upper_bound(n: int, alpha: float, upper: float) -> None:
    assert rate(0, n, alpha) == (0.0, pytest.approx(upper, abs=5e-4))


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_rate_agrees_with_scipy(case: tuple[int, int]) -> None:
    exact = binomtest(*case).proportion_ci(0.95, "exact")
    assert rate(*case) == pytest.approx((exact.low, exact.high), abs=1e-6)


def test_rate_of_no_scenario_is_unknown() -> None:
    assert all(math.isnan(bound) for bound in rate(0, 0))


@pytest.mark.parametrize("successes", [-1, 6])
def test_rate_refuses_impossible_counts(successes: int) -> None:
    with pytest.raises(ValueError, match="between 0 and 5"):
        rate(successes, 5)


def test_wilson_agrees_with_statsmodels() -> None:
    assert wilson(7 / 30, 30, critical_value(0.05)) == pytest.approx(proportion_confint(7, 30, 0.05, "wilson"))


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        pytest.param(PairedTable(36, 12, 2, 0), 0.0569, 0.3404, id="Newcombe 1998"),
        pytest.param(PairedTable(20, 12, 2, 16), 0.0562, 0.3292, id="Newcombe 1998, weaker correlation"),
        pytest.param(PairedTable(1, 1, 7, 12), -0.507, -0.026, id="Fagerland 2014"),
    ],
)
def test_newcombe_reproduces_published_intervals(table: PairedTable, low: float, high: float) -> None:
    assert newcombe(table) == pytest.approx((low, high), abs=6e-4)


@given(tables)
def test_newcombe_agrees_with_evalstats(table: PairedTable) -> None:
    assert newcombe(table) == pytest.approx(newcombe_mover_paired_ci(*arms(table)), abs=1e-9)


@given(tables, st.floats(1.0, 4.0))
def test_newcombe_widens_with_the_design_effect(table: PairedTable, design_effect: float) -> None:
    (low, high), (wide_low, wide_high) = newcombe(table), newcombe(table, design_effect=design_effect, df=25)
    assert wide_high - wide_low > high - low - 1e-9


def test_newcombe_of_no_items_is_unknown() -> None:
    assert all(math.isnan(bound) for bound in newcombe(PairedTable(0, 0, 0, 0)))


def test_items_of_their_own_cluster_have_no_design_effect() -> None:
    assert clustering([0, 1, 0, -1, 1], list("abcde")).design_effect == pytest.approx(1.0)


def test_constant_values_leave_the_prior_design_effect() -> None:
    shape = clustering([0.1 + 0.2, 0.3] * 6, ["a"] * 6 + ["b"] * 6)
    assert shape.design_effect == pytest.approx(1 + 5 * PRIOR_CORRELATION)


def test_many_clusters_overrule_the_prior() -> None:
    alike = np.repeat(np.resize([0.0, 1.0], 400), 4)
    shape = clustering(alike, [str(i // 4) for i in range(1600)])
    assert shape.design_effect == pytest.approx(4, rel=0.1)


def test_observed_design_effect_is_the_clustered_variance_of_least_squares() -> None:
    rng = np.random.default_rng(0)
    values, families = rng.normal(size=24), np.repeat(np.arange(6), 4)
    fit = OLS(values, np.ones(24)).fit(cov_type="cluster", cov_kwds={"groups": families, "use_correction": False})
    robust = float(fit.cov_params()[0, 0]) * 6 / 5  # CR0 to CR2, which differ by G / (G - 1) where sizes are equal
    observed = robust / (values.var(ddof=1) / 24)
    prior = 1 + 3 * PRIOR_CORRELATION
    expected = max(1.0, (PRIOR_DF * prior + 5 * observed) / (PRIOR_DF + 5))
    assert clustering(values, [str(f) for f in families]).design_effect == pytest.approx(expected)


@pytest.mark.parametrize("value", [-1.0, 0.0, 0.2, 1.0])
@pytest.mark.parametrize("clusters", [1, 6, 60])
def test_equal_differences_do_not_yield_a_point(value: float, clusters: int) -> None:
    interval = moderated_mean([value] * 60, [str(i % clusters) for i in range(60)])
    assert interval.high - interval.low > 0.02
    assert interval.low <= value <= interval.high


def test_an_event_does_not_lower_the_upper_bound() -> None:
    families = [str(i % 6) for i in range(36)]
    bounds = [moderated_mean([1.0] * k + [0.0] * (36 - k), families).high for k in range(36)]
    assert bounds == sorted(bounds)


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=40))
def test_the_p_value_agrees_with_the_interval(values: list[float]) -> None:
    interval = moderated_mean(values, [str(i % 5) for i in range(len(values))])
    assert (interval.p_value < 0.05) == (interval.low > 0 or interval.high < 0)


def test_an_item_in_two_clusters_is_refused() -> None:
    with pytest.raises(ValueError, match="'i1' is in two clusters"):
        cluster_by_item([("i1", "a"), ("i2", "a"), ("i1", "b")])
