"""What a paired design can see."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unmask.analysis.count_tests import mcnemar_exact, mcnemar_midp
from unmask.analysis.power import mcnemar_power, mde, pairs_needed


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


@pytest.mark.parametrize(("pairs", "power"), [(0, 0.0), (4, 0.0), (5, 1.0), (6, 1.0)])
def test_where_every_pair_goes_one_way_the_fewest_that_reject_are_found(pairs: int, power: float) -> None:
    assert mcnemar_power(pairs, 1.0, 1.0, 0.05) == pytest.approx(power)
    assert mcnemar_power(pairs, -1.0, 1.0, 0.05) == pytest.approx(power)
