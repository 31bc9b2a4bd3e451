"""Main effects and interactions against least squares."""

import itertools
import math
import random

import numpy as np
import pytest
from statsmodels.regression.linear_model import OLS

from unmask.analysis.effects import Observation, paired_effect
from unmask.analysis.factorial import FactorialObservation, factorial_effects


def crossed(factors: str, items: int = 24, clusters: int = 6, seed: int = 0) -> list[FactorialObservation]:
    """Every item under every combination: `a` adds .2, `a` with `b` adds .1, the rest is noise."""
    rng = np.random.default_rng(seed)
    return [
        FactorialObservation(f"i{i}", f"c{i % clusters}", dict(zip(factors, levels, strict=True)), value)
        for i in range(items)
        for levels in itertools.product((-1, 1), repeat=len(factors))
        for value in [0.5 + 0.1 * levels[0] + 0.05 * math.prod(levels[:2]) + rng.uniform(-0.1, 0.1)]
    ]


def within_items(samples: list[FactorialObservation], factors: str) -> tuple[list[str], np.ndarray]:
    """Twice the coefficients of least squares with a dummy for every item."""
    terms = [(f,) for f in factors] + list(itertools.combinations(factors, 2))
    columns = [[math.prod(o.levels[f] for f in term) for term in terms] for o in samples]
    dummies = np.array([[o.item == name for name in sorted({s.item for s in samples})] for o in samples])
    fit = OLS([o.value for o in samples], np.hstack([columns, dummies])).fit()
    return [":".join(term) for term in terms], 2 * fit.params[: len(terms)]


@pytest.mark.parametrize("dropped", [0, 40])
def test_effects_agree_with_least_squares_within_items(dropped: int) -> None:
    samples = crossed("abc")
    random.Random(1).shuffle(samples)
    names, expected = within_items(kept := samples[dropped:], "abc")
    found = factorial_effects(kept)
    assert [found[name].effect for name in names] == pytest.approx(expected.tolist())


def test_the_effects_put_in_come_out() -> None:
    found = factorial_effects(crossed("ab", items=200))
    assert (found["a"].effect, found["b"].effect, found["a:b"].effect) == pytest.approx((0.2, 0, 0.1), abs=0.01)


def test_a_single_factor_is_a_paired_effect() -> None:
    samples = [o for o in crossed("ab") if o.levels["b"] == 1]
    single = [FactorialObservation(o.item, o.cluster, {"a": o.levels["a"]}, o.value) for o in samples]
    paired = [
        Observation(o.item, o.cluster, "w", "treatment" if o.levels["a"] == 1 else "control", "target", o.value)
        for o in samples
    ]
    one, other = factorial_effects(single)["a"], paired_effect(paired)
    assert (one.effect, one.ci_low, one.ci_high) == pytest.approx((other.effect, other.ci_low, other.ci_high))


def test_a_factor_between_items_is_compared_between_items() -> None:
    samples = [
        FactorialObservation(f"i{i}", f"c{i}", {"a": 1 if i % 2 else -1}, 0.6 if i % 2 else 0.2) for i in range(20)
    ]
    assert factorial_effects(samples)["a"].effect == pytest.approx(0.4)


def test_aliased_terms_are_unknown() -> None:
    half = [o for o in crossed("abc") if math.prod(o.levels.values()) == 1]
    assert all(math.isnan(estimate.effect) for estimate in factorial_effects(half).values())


def test_a_constant_factor_is_unknown_and_spoils_no_other() -> None:
    samples = [o for o in crossed("abc") if o.levels["c"] == 1]
    found = factorial_effects(samples)
    unknown = {name for name, estimate in found.items() if math.isnan(estimate.effect)}
    assert unknown == {"c", "a:c", "b:c"}


def test_items_seen_under_one_combination_are_left_out() -> None:
    lonely = FactorialObservation("lonely", "c0", {"a": 1, "b": 1}, 1.0)
    samples = crossed("ab")
    found, expected = factorial_effects([*samples, lonely])["a"], factorial_effects(samples)["a"]
    assert (found.pairs, found.effect, found.ci_low) == pytest.approx((24, expected.effect, expected.ci_low))


def test_order_does_not_matter() -> None:
    samples = crossed("abc")
    assert factorial_effects(reversed(samples)) == factorial_effects(samples)


def test_samples_without_variation_are_unknown() -> None:
    found = factorial_effects([FactorialObservation("i", "c", {"a": 1, "b": 1}, 0.5)])
    assert all(math.isnan(estimate.effect) for estimate in found.values())


def test_no_samples_have_no_effects() -> None:
    assert factorial_effects([]) == {}


@pytest.mark.parametrize(("levels", "value"), [({"a": 0}, 0.5), ({"a": 1}, math.nan), ({"a": 1}, 2.0)])
def test_an_impossible_sample_names_its_item(levels: dict[str, int], value: float) -> None:
    with pytest.raises(ValueError, match="'cake-7'"):
        FactorialObservation("cake-7", "c", levels, value)


def test_other_factors_are_refused() -> None:
    samples = [FactorialObservation("i", "c", {"a": 1}, 0), FactorialObservation("j", "c", {"b": 1}, 0)]
    with pytest.raises(ValueError, match="'j'"):
        factorial_effects(samples)


def test_intervals_hold_their_level_under_correlated_families() -> None:
    """Items' answers to the factor vary, with a correlation of .1 within clusters."""
    rng, runs, misses = np.random.default_rng(3), 200, 0
    for _ in range(runs):
        slopes = np.repeat(rng.normal(0, 0.03, 6), 6) + rng.normal(0, 0.09, 36)
        samples = [
            FactorialObservation(f"i{i}", f"c{i // 6}", {"a": a, "b": b}, float(np.clip(0.5 + a * s, 0, 1)))
            for i, s in enumerate(slopes)
            for a, b in itertools.product((-1, 1), repeat=2)
        ]
        estimate = factorial_effects(samples)["a"]
        misses += not estimate.ci_low <= 0 <= estimate.ci_high
    assert misses / runs <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)
