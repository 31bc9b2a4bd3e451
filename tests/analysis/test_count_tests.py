"""Exact tests of counts against scipy, statsmodels and published p-values."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar

from unmask.analysis.count_tests import binomial_excess, mcnemar_exact, mcnemar_midp

counts = st.integers(0, 60)


@given(counts, counts)
def test_exact_mcnemar_agrees_with_statsmodels(b: int, c: int) -> None:
    assert mcnemar_exact(b, c) == pytest.approx(mcnemar([[0, b], [c, 0]], exact=True).pvalue)


@given(counts, counts)
def test_mid_p_leaves_out_half_the_observed_table_on_each_side(b: int, c: int) -> None:
    point = float(np.exp(math.lgamma(b + c + 1) - math.lgamma(b + 1) - math.lgamma(c + 1))) / 2.0 ** (b + c)
    expected = 1.0 if b == c else mcnemar_exact(b, c) - point
    assert mcnemar_midp(b, c) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("successes", "p"), [(37, 0.004), (38, 0.002)])
def test_instrumental_faking_reproduces_the_published_p_values(successes: int, p: float) -> None:
    assert round(binomial_excess(successes, 99, 0.25), 3) == p


def test_the_binomial_test_is_nearly_blind_to_a_gap_of_twenty_points() -> None:
    """Rates of .9 and .7, independent between the arms: the pattern occurs in .9 * .3 of the pairs."""
    assert binomial_excess(36, 99, 0.9 * 0.3) < 0.03


def test_42_of_99_is_below_one_in_a_thousand() -> None:
    assert binomial_excess(42, 99, 0.25) < 0.001


def test_14_of_99_is_not_significant() -> None:
    assert binomial_excess(14, 99, 0.25) > 0.05


def test_36_of_99_is_the_first_count_below_one_percent() -> None:
    assert binomial_excess(36, 99, 0.25) < 0.01 < binomial_excess(35, 99, 0.25)


@given(counts, st.floats(0.01, 0.99))
def test_binomial_excess_agrees_with_scipy(successes: int, p0: float) -> None:
    expected = binomtest(successes, 60, p0, alternative="greater").pvalue
    assert binomial_excess(successes, 60, p0) == pytest.approx(expected, rel=1e-6, abs=1e-300)


def test_binomial_excess_of_nothing_is_unknown() -> None:
    assert math.isnan(binomial_excess(0, 0, 0.25))


def test_binomial_excess_refuses_impossible_counts() -> None:
    with pytest.raises(ValueError, match="between 0 and 5"):
        binomial_excess(6, 5, 0.25)
