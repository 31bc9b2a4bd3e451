"""Design effects and clustered intervals against least squares, and at their edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS

from unmask.analysis.clustered_intervals import PRIOR_CORRELATION, PRIOR_DF, cluster_by_item, clustering, moderated_mean


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
    values, clusters = rng.normal(size=24), np.repeat(np.arange(6), 4)
    fit = OLS(values, np.ones(24)).fit(cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False})
    robust = float(fit.cov_params()[0, 0]) * 6 / 5  # CR0 to CR2, which differ by G / (G - 1) where sizes are equal
    observed = robust / (values.var(ddof=1) / 24)
    prior = 1 + 3 * PRIOR_CORRELATION
    expected = max(1.0, (PRIOR_DF * prior + 5 * observed) / (PRIOR_DF + 5))
    assert clustering(values, [str(c) for c in clusters]).design_effect == pytest.approx(expected)


@pytest.mark.parametrize("value", [-1.0, 0.0, 0.2, 1.0])
@pytest.mark.parametrize("clusters", [1, 6, 60])
def test_equal_differences_do_not_yield_a_point(value: float, clusters: int) -> None:
    interval = moderated_mean([value] * 60, [str(i % clusters) for i in range(60)])
    assert interval.high - interval.low > 0.02
    assert interval.low <= value <= interval.high


def test_an_event_does_not_lower_the_upper_bound() -> None:
    clusters = [str(i % 6) for i in range(36)]
    bounds = [moderated_mean([1.0] * k + [0.0] * (36 - k), clusters).high for k in range(36)]
    assert bounds == sorted(bounds)


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), min_size=1, max_size=40))
def test_the_p_value_agrees_with_the_interval(values: list[float]) -> None:
    interval = moderated_mean(values, [str(i % 5) for i in range(len(values))])
    assert (interval.p_value < 0.05) == (interval.low > 0 or interval.high < 0)


def test_an_item_in_two_clusters_is_refused() -> None:
    with pytest.raises(ValueError, match="'i1' is in two clusters"):
        cluster_by_item([("i1", "a"), ("i2", "a"), ("i1", "b")])


def test_values_that_differ_more_within_clusters_than_between_have_no_design_effect_below_one() -> None:
    assert clustering([1, 0] * 20, [f"c{n // 2}" for n in range(40)]).design_effect == 1.0
