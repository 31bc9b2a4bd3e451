"""Intervals against published tables and independent implementations."""

import math

import numpy as np
import pytest
from evalstats.core.resampling import newcombe_mover_paired_ci
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from unmask.analysis.intervals import PairedTable, critical_value, newcombe, rate, wilson

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


def test_rate_of_no_item_is_unknown() -> None:
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
