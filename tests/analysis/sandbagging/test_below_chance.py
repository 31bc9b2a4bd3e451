"""Fewer right than by guessing: against the binomial and the Poisson binomial distribution."""

import dataclasses

import pytest
from scipy.stats import binomtest, poisson_binom

from tests.analysis.sandbagging.answered_samples import BLANK, choices
from unmask.analysis.sandbagging.below_chance import below_chance


@pytest.mark.parametrize(("right", "n", "options"), [(3, 40, 4), (10, 40, 4), (0, 30, 5), (30, 30, 2)])
def test_equal_options_get_the_binomial_test(right: int, n: int, options: int) -> None:
    found, oracle = below_chance(choices([0] * right + [1] * (n - right), options=options)), binomtest
    exact = oracle(right, n, 1 / options, alternative="less")
    interval = oracle(right, n).proportion_ci()
    assert found.p_value == pytest.approx(exact.pvalue)
    assert (found.ci_low, found.ci_high) == pytest.approx((1 / options - interval.high, 1 / options - interval.low))


def test_unequal_options_get_the_poisson_binomial_test() -> None:
    options = [2, 3, 4, 5] * 6
    sample = [
        dataclasses.replace(a, options=k, item=f"i{i}")
        for i, (a, k) in enumerate(zip(choices([0] * 4 + [1] * 20, options=5), options, strict=True))
    ]
    assert below_chance(sample).p_value == pytest.approx(poisson_binom.cdf(4, [1 / k for k in options]))


def test_repeats_of_an_item_are_one_guess() -> None:
    once = choices([0] * 3 + [1] * 37)
    assert below_chance(once * 5) == below_chance(once)


def test_an_answer_without_a_choice_is_not_below_chance() -> None:
    refused = [dataclasses.replace(BLANK, item=f"r{i}", correct=0, options=4) for i in range(50)]
    assert below_chance(choices([0] * 10 + [1] * 10) + refused) == below_chance(choices([0] * 10 + [1] * 10))
