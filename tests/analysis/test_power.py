"""Tests on counts, and what a paired design can see."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar

from unmask.analysis.count_tests import binomial_excess, mcnemar_exact, mcnemar_midp
from unmask.analysis.power import mcnemar_power, mde, pairs_needed

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


def test_the_formula_gives_134_pairs_for_a_gap_of_ten_points() -> None:
    """At a power of 90% and the discordance of .131 that reproduces the number."""
    assert pairs_needed(0.10, 0.131, alpha=0.05, power=0.9) == 134


def test_136_pairs_have_that_power_in_the_exact_test() -> None:
    assert 0.90 <= mcnemar_power(136, 0.10, 0.131, 0.05, test=mcnemar_exact) < 0.91


def test_paired_test_has_the_published_power_on_instrumental_faking() -> None:
    """Rates of .9 and .7, independent between the arms; one-sided error of 1% in 99 pairs."""
    psi = 0.9 * 0.3 + 0.1 * 0.7
    assert mcnemar_power(99, 0.2, psi, 0.02, test=mcnemar_exact) == pytest.approx(0.86, abs=5e-3)


def test_exact_power_agrees_with_simulation() -> None:
    rng = np.random.default_rng(7)
    tables = rng.multinomial(40, [0.3, 0.05, 0.65], size=20_000)[:, :2]
    kinds, frequency = np.unique(tables, axis=0, return_counts=True)
    hits = sum(f for (b, c), f in zip(kinds, frequency, strict=True) if b > c and mcnemar_midp(b, c) <= 0.05)
    assert mcnemar_power(40, 0.25, 0.35) == pytest.approx(hits / 20_000, abs=0.011)


@pytest.mark.parametrize(("d", "psi"), [(0.0, 0.2), (0.3, 0.2)])
def test_pairs_needed_refuses_an_impossible_effect(d: float, psi: float) -> None:
    with pytest.raises(ValueError, match="within the discordance"):
        pairs_needed(d, psi)


@given(st.integers(20, 500), st.floats(0.3, 0.9))
def test_the_detectable_effect_needs_the_pairs_it_is_given(pairs: int, psi: float) -> None:
    effect = mde(pairs, psi)
    assert pairs_needed(effect, max(psi, effect)) in {pairs, pairs + 1}


def test_a_run_without_discordance_has_a_detectable_effect() -> None:
    assert mde(60, 0.0) == pytest.approx(0.126, abs=1e-3)


@pytest.mark.parametrize("pairs", [0, 3])
def test_too_few_pairs_detect_nothing(pairs: int) -> None:
    assert math.isnan(mde(pairs, 0.2))
