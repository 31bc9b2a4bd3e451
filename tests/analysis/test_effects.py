"""The paired effect and the net effect, through their public interface."""

import dataclasses
import math
import random
from collections.abc import Sequence

import numpy as np
import pytest
from evalstats.core.resampling import newcombe_mover_paired_ci
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import mcnemar

from unmask.analysis.effects import Observation, net_effect, paired_effect
from unmask.analysis.estimates import Estimate

Pairs = Sequence[tuple[float, float]]


def observe(
    pairs: Pairs, *, clusters: int | None = None, wording: str = "w", stratum: str = "target"
) -> list[Observation]:
    """Two observations for every pair of (treatment, control), items put into clusters in turn."""
    return [
        Observation(f"i{i}", f"c{i % (clusters or len(pairs))}", wording, arm, stratum, value)  # type: ignore[arg-type]
        for i, pair in enumerate(pairs)
        for arm, value in zip(("treatment", "control"), pair, strict=True)
    ]


def figures(estimate: Estimate) -> tuple[float, ...]:
    return estimate.effect, estimate.ci_low, estimate.ci_high, estimate.p_value, estimate.mde


def swapped(observations: Sequence[Observation]) -> list[Observation]:
    other = {"treatment": "control", "control": "treatment"}
    return [dataclasses.replace(o, arm=other[o.arm]) for o in observations]  # type: ignore[arg-type]


BINARY = [(1, 1)] * 9 + [(1, 0)] * 12 + [(0, 1)] * 3 + [(0, 0)] * 16

binary_pairs = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=30)
graded_pairs = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=30)
samples = st.builds(lambda pairs, g: observe(pairs, clusters=g), binary_pairs | graded_pairs, st.integers(1, 9))
two_strata = st.builds(
    lambda target, placebo, g: observe(target, clusters=g) + observe(placebo, clusters=g, stratum="placebo"),
    binary_pairs,
    binary_pairs,
    st.integers(1, 9),
)


def test_binary_effect_is_the_difference_of_discordant_counts() -> None:
    assert paired_effect(observe(BINARY)).effect == pytest.approx((12 - 3) / 40)


def test_binary_pairs_without_families_get_newcombe() -> None:
    estimate = paired_effect(observe(BINARY))
    treatment, control = np.array(BINARY).T
    expected = newcombe_mover_paired_ci(treatment, control)
    assert (estimate.ci_low, estimate.ci_high) == pytest.approx(expected)


def test_binary_pairs_without_families_get_the_mid_p_value() -> None:
    exact = mcnemar([[0, 12], [3, 0]], exact=True).pvalue
    assert paired_effect(observe(BINARY)).p_value == pytest.approx(exact - math.comb(15, 12) / 2**15)


@pytest.mark.parametrize(
    ("pairs", "clusters", "method"),
    [(BINARY, None, "newcombe"), (BINARY, 8, "newcombe-clustered"), ([(0.5, 0.2)] * 9, 3, "moderated-t")],
)
def test_the_method_is_named(pairs: Pairs, clusters: int | None, method: str) -> None:
    assert paired_effect(observe(pairs, clusters=clusters)).method == method


def test_families_widen_a_binary_interval() -> None:
    plain, clustered = (paired_effect(observe(BINARY, clusters=g)) for g in (None, 8))
    assert clustered.ci_low < plain.ci_low < plain.ci_high < clustered.ci_high


@pytest.mark.parametrize("count", [14, 17, 20, 24])
def test_clustered_p_value_is_the_error_at_which_the_interval_reaches_zero(count: int) -> None:
    sample = observe([(1, 0)] * count + [(0, 1)] * 5 + [(0, 0)] * 20, clusters=7)
    assert paired_effect(sample, paired_effect(sample).p_value).ci_low == pytest.approx(0, abs=1e-6)


def test_wordings_of_an_item_are_one_observation() -> None:
    sample = observe([(1, 0), (1, 1), (0, 0)], wording="a") + observe([(0, 0), (1, 0), (0, 0)], wording="b")
    estimate = paired_effect(sample)
    assert (estimate.effect, estimate.pairs) == (pytest.approx(1 / 3), 3)


def test_repeats_of_a_sample_are_averaged() -> None:
    sample = observe([(1, 0), (0, 0)]) + observe([(1, 1), (0, 0)])
    assert paired_effect(sample).effect == pytest.approx(0.25)


def test_arms_are_paired_within_a_wording() -> None:
    sample = [
        Observation("i", "c", "a", "treatment", "target", 1),
        Observation("i", "c", "b", "control", "target", 0),
    ]
    assert (paired_effect(sample).pairs, paired_effect(sample).unpaired) == (0, 2)


def test_the_other_stratum_is_ignored() -> None:
    target = observe(BINARY)
    assert paired_effect(target + observe([(0, 1)] * 40, stratum="placebo")) == paired_effect(target)


def test_the_placebo_effect_can_be_asked_for() -> None:
    assert paired_effect(observe([(0, 1)] * 8, stratum="placebo"), stratum="placebo").effect == -1


@pytest.mark.parametrize("estimate", [paired_effect([]), net_effect([]), net_effect(observe(BINARY))])
def test_nothing_to_compare_is_unknown(estimate: Estimate) -> None:
    assert estimate.pairs == 0
    assert all(map(math.isnan, figures(estimate)))


@pytest.mark.parametrize("pair", [(0, 0), (1, 0), (0, 1), (1, 1), (0.7, 0.7), (0.75, 0.25)])
@pytest.mark.parametrize("clusters", [None, 6, 1])
def test_equal_differences_do_not_yield_a_point(pair: tuple[float, float], clusters: int | None) -> None:
    estimate = paired_effect(observe([pair] * 60, clusters=clusters))
    assert estimate.ci_high - estimate.ci_low > 0.02
    assert estimate.ci_low <= estimate.effect <= estimate.ci_high


def test_no_event_in_either_stratum_does_not_yield_a_point() -> None:
    still = [(0, 0)] * 60
    estimate = net_effect(observe(still, clusters=6) + observe(still, clusters=6, stratum="placebo"))
    assert estimate.ci_low < -0.05 < 0.05 < estimate.ci_high


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.1, 1.1])
def test_an_impossible_value_names_its_item(value: float) -> None:
    with pytest.raises(ValueError, match="'cake-7'"):
        Observation("cake-7", "c", "w", "control", "target", value)


def test_an_item_in_two_families_is_refused() -> None:
    sample = observe([(1, 0)], clusters=1)
    moved = dataclasses.replace(sample[0], cluster="elsewhere", stratum="placebo")
    with pytest.raises(ValueError, match="'i0' is in two clusters"):
        net_effect([*sample, moved])


def test_net_effect_is_the_difference_of_the_effects() -> None:
    target, placebo = [(1, 0), (1, 0), (0, 0), (1, 1)], [(1, 0), (0, 0), (0, 0), (0, 1)]
    assert net_effect(observe(target) + observe(placebo, stratum="placebo")).effect == pytest.approx(0.5)


def test_net_effect_leaves_out_items_without_placebo() -> None:
    estimate = net_effect(observe([(1, 0)] * 5, clusters=1) + observe([(0, 0)] * 3, clusters=1, stratum="placebo"))
    assert (estimate.pairs, estimate.unpaired) == (3, 4)


@given(samples)
def test_swapping_the_arms_flips_the_paired_effect(sample: list[Observation]) -> None:
    one, other = paired_effect(sample), paired_effect(swapped(sample))
    assert (-other.effect, -other.ci_high, -other.ci_low) == pytest.approx(
        (one.effect, one.ci_low, one.ci_high), abs=1e-9
    )


@given(two_strata)
def test_swapping_the_arms_flips_the_net_effect(sample: list[Observation]) -> None:
    one, other = net_effect(sample), net_effect(swapped(sample))
    assert (-other.effect, -other.ci_high, -other.ci_low) == pytest.approx(
        (one.effect, one.ci_low, one.ci_high), abs=1e-9
    )


@given(two_strata, st.randoms())
def test_order_does_not_matter(sample: list[Observation], rng: random.Random) -> None:
    shuffled = rng.sample(sample, len(sample))
    assert (paired_effect(shuffled), net_effect(shuffled)) == (paired_effect(sample), net_effect(sample))


@given(samples, st.floats(0, 1))
def test_an_observation_without_a_partner_is_only_counted(sample: list[Observation], value: float) -> None:
    lonely = Observation("lonely", "far away", "w", "treatment", "target", value)
    before, after = paired_effect(sample), paired_effect([*sample, lonely])
    assert after == dataclasses.replace(before, unpaired=1)


@given(two_strata)
def test_the_interval_holds_the_estimate(sample: list[Observation]) -> None:
    estimate = net_effect(sample)
    assert -2 <= estimate.ci_low <= estimate.effect <= estimate.ci_high <= 2


def test_what_has_no_partner_is_counted_in_either_stratum_of_a_net_effect() -> None:
    both = observe([(1, 0)] * 4) + observe([(1, 0)] * 4, stratum="placebo")
    lonely = [o for o in observe([(1, 0)] * 6) if o.item == "i5" and o.arm == "control"]
    placebo = [dataclasses.replace(o, stratum="placebo", item=name) for o in lonely for name in ("x", "y")]
    assert net_effect(both + lonely + placebo).unpaired == 3
    without = observe([(1, 0)] * 6) + observe([(1, 0)] * 4, stratum="placebo")
    assert net_effect(without).unpaired == 4
