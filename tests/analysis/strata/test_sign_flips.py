"""Exact sign-flip tests against scipy's enumeration, McNemar's test and all choices of signs."""

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import permutation_test

from unmask.analysis.count_tests import mcnemar_exact
from unmask.analysis.strata.sign_flips import SignFlips, max_over_strata

thirds = st.sampled_from([n / 3 for n in range(-3, 4)])
quarters = st.sampled_from([n / 4 for n in range(-8, 9)])


@settings(max_examples=25, deadline=None)
@given(st.lists(thirds | quarters, min_size=2, max_size=9))
def test_the_p_values_are_those_of_scipys_enumeration(differences: list[float]) -> None:
    def permuted(alternative: str) -> float:
        return float(
            permutation_test(
                (np.rint(np.array(differences) * 2520),),  # whole numbers, so that equal sums are equal
                np.sum,
                permutation_type="samples",
                n_resamples=np.inf,
                alternative=alternative,
            ).pvalue
        )

    test = SignFlips(tuple(differences))
    assert test.p_above == pytest.approx(permuted("greater"))
    assert test.p_value == pytest.approx(min(1, permuted("two-sided")))


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 20))
def test_of_single_outcomes_it_is_mcnemars_exact_test(up: int, down: int, equal: int) -> None:
    assert SignFlips((*[1.0] * up, *[-1.0] * down, *[0.0] * equal)).p_value == pytest.approx(mcnemar_exact(up, down))


def test_no_difference_and_no_unit_say_nothing() -> None:
    assert SignFlips(()).p_value == SignFlips((0.0, 0.0)).p_value == 1
    assert math.isnan(max_over_strata([]))
    assert max_over_strata([[0.0], [0.0, 0.0]]) == 1


def test_means_of_many_outcomes_take_no_long_and_sum_to_one() -> None:
    test = SignFlips(tuple(n / 97 for n in range(1, 61)))
    assert test.p_above == pytest.approx(2.0**-60, rel=1e-6)
    assert SignFlips(tuple(-n / 97 for n in range(1, 61))).p_above == pytest.approx(1)


def enumerated(strata: list[list[float]]) -> float:
    """One-sided p-value of the smallest p-value, by all choices of signs in all strata at once."""
    lows = []
    for units in strata:
        sums = [sum(s * u for s, u in zip(signs, units, strict=True)) for signs in product((-1, 1), repeat=len(units))]
        lows.append([sum(other >= one - 1e-9 for other in sums) / len(sums) for one in sums])
    observed = min(low[-1] for low in lows)  # all signs kept come last
    smallest = [min(combination) for combination in product(*lows)]
    return sum(one <= observed + 1e-12 for one in smallest) / len(smallest)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(thirds, min_size=1, max_size=4), min_size=1, max_size=3))
def test_the_largest_over_strata_is_that_of_all_choices_of_signs(strata: list[list[float]]) -> None:
    assert max_over_strata(strata) == pytest.approx(min(1.0, 2 * enumerated(strata)))


def test_strata_in_which_nothing_can_be_found_cost_nothing() -> None:
    alone = max_over_strata([[1.0] * 9])
    assert max_over_strata([[1.0] * 9, *[[0.0] * 9] * 5]) == alone == pytest.approx(2 / 2**9)
    assert max_over_strata([[1.0] * 9, *[[1.0, -1.0] * 5] * 5]) > alone
