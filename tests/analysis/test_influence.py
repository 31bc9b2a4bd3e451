"""Pseudo-values against least squares and the delta method."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS

from unmask.analysis.influence import mean_difference, ratio


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=4, max_size=30))
def test_pseudo_values_of_a_difference_have_its_mean_and_its_robust_error(pairs: list[tuple[float, bool]]) -> None:
    values, group = np.array(pairs, dtype=float).T
    if not 0 < group.sum() < len(group):
        return
    fit = OLS(values, np.column_stack([np.ones(len(group)), group])).fit()
    pseudo = mean_difference(values, group)
    assert pseudo.mean() == pytest.approx(fit.params[1], abs=1e-9)
    assert pseudo.std() / math.sqrt(len(pseudo)) == pytest.approx(fit.HC0_se[1], abs=1e-9)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.1, 1)), min_size=2, max_size=30))
def test_pseudo_values_of_a_ratio_have_its_mean_and_the_error_of_the_delta_method(
    pairs: list[tuple[float, float]],
) -> None:
    top, base = np.array(pairs).T
    quotient = top.sum() / base.sum()
    pseudo = ratio(top, base)
    assert pseudo.mean() == pytest.approx(quotient)
    residuals = np.sqrt(((top - quotient * base) ** 2).sum()) / base.sum()
    assert pseudo.std() / math.sqrt(len(pseudo)) == pytest.approx(residuals, abs=1e-9)
