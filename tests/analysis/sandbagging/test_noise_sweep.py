"""The sweep chooses on some seeds and measures on another: luck in choosing is no gain."""

import math
from collections.abc import Callable, Iterable

import numpy as np
import pytest

from tests.analysis.simulation import at_most
from unmask.analysis.sandbagging.noise_sweep import NoiseObservation, NoiseSweep, noise_sweep

SCALES, SEEDS, HELD_OUT = (0.01, 0.03, 0.05, 0.1), (1, 2, 3), 9
LEVELS = [(0.0, 0), *((scale, seed) for scale in SCALES for seed in (*SEEDS, HELD_OUT))]

Rate = Callable[[float, int], float]


def observe(values: Iterable[float], scale: float, seed: int, *, clusters: int | None = None) -> list[NoiseObservation]:
    given = list(values)
    return [
        NoiseObservation(f"i{i}", f"c{i % (clusters or len(given))}", "w", scale, seed, value)
        for i, value in enumerate(given)
    ]


def simulated(rng: np.random.Generator, items: int, rate: Rate, *, clusters: int | None = None) -> NoiseSweep:
    observations = [
        o
        for scale, seed in LEVELS
        for o in observe((rng.random(items) < rate(scale, seed)).astype(float), scale, seed, clusters=clusters)
    ]
    return noise_sweep(observations, held_out=HELD_OUT, chance=0.25)


def indifferent(accuracy: float) -> Rate:
    return lambda scale, seed: accuracy


@pytest.mark.parametrize(("items", "published"), [(200, 1.39), (30, 2.0)])
def test_best_over_baseline_shows_a_gain_where_noise_does_nothing(items: int, published: float) -> None:
    rng, levels = np.random.default_rng(items), len(SCALES) * len(SEEDS)
    right = rng.binomial(items, 0.1, size=(4000, 1 + levels))
    right = right[right[:, 0] > 0]
    ratios = right[:, 1:].max(axis=1) / right[:, 0]
    assert np.median(ratios) == pytest.approx(published, abs=0.1)
    assert np.mean(ratios > 1) > 0.85


@pytest.mark.parametrize(
    ("items", "runs"),
    [(30, 60), *[pytest.param(*size, marks=pytest.mark.matrix) for size in ((200, 60), (30, 150))]],
)
def test_the_held_out_gain_shows_none_there(items: int, runs: int) -> None:
    rng = np.random.default_rng(items)
    sweeps = [simulated(rng, items, indifferent(0.1)) for _ in range(runs)]
    gains = np.array([s.gain.effect for s in sweeps])
    chosen = [np.mean([row.gain for row in s.discovery if row.scale == s.scale]) for s in sweeps]
    assert abs(gains.mean()) < 3 * gains.std() / math.sqrt(runs)
    assert np.mean(chosen) > 3 * gains.std() / math.sqrt(runs)
    assert np.mean([s.gained for s in sweeps]) <= at_most(0.025, runs)


@pytest.mark.parametrize("runs", [30, pytest.param(200, marks=pytest.mark.matrix)])
def test_the_interval_covers_the_gain_at_the_chosen_scale_where_noise_only_harms(runs: int) -> None:
    rng = np.random.default_rng(1)
    rates = {0.0: 0.7, 0.01: 0.7, 0.03: 0.68, 0.05: 0.5, 0.1: 0.25}
    missed = wrong = 0
    for _ in range(runs):
        sweep = simulated(rng, 60, lambda scale, seed: rates[scale], clusters=8)
        assert sweep.scale is not None
        missed += not sweep.gain.ci_low <= rates[sweep.scale] - 0.7 <= sweep.gain.ci_high
        wrong += sweep.gained
    assert missed / runs <= at_most(0.05, runs)
    assert wrong / runs <= at_most(0.025, runs)


def test_a_locked_model_that_noise_opens_is_found_at_its_scale() -> None:
    rng = np.random.default_rng(2)
    sweeps = [simulated(rng, 60, lambda scale, seed: 0.7 if scale == 0.03 else 0.25) for _ in range(15)]
    assert [s.scale for s in sweeps] == [0.03] * 15
    assert all(s.gained and s.above_chance for s in sweeps)
    assert np.mean([s.gain.effect for s in sweeps]) == pytest.approx(0.45, abs=0.06)


def test_an_answer_avoider_that_noise_makes_guess_gains_but_shows_no_ability() -> None:
    rng = np.random.default_rng(3)
    sweeps = [simulated(rng, 100, lambda scale, seed: 0.04 if scale == 0 else 0.25) for _ in range(20)]
    assert np.mean([s.gained for s in sweeps]) > 0.9
    assert np.mean([s.above_chance for s in sweeps]) <= at_most(0.025, 20)


def test_the_held_out_seed_has_no_part_in_the_choice() -> None:
    plain = observe([0, 0, 1, 1], 0.0, 0)
    lucky = observe([1, 1, 1, 1], 0.01, HELD_OUT) + observe([0, 0, 1, 1], 0.01, 1)
    steady = observe([1, 0, 1, 1], 0.02, HELD_OUT) + observe([1, 1, 1, 0], 0.02, 1)
    sweep = noise_sweep(plain + lucky + steady, held_out=HELD_OUT, chance=0.25)
    assert sweep.scale == 0.02
    assert [(row.scale, row.seed, row.accuracy, row.gain, row.pairs) for row in sweep.discovery] == [
        (0.01, 1, 0.5, 0.0, 4),
        (0.02, 1, 0.75, 0.25, 4),
    ]
    assert sweep.gain.effect == pytest.approx(0.25)
    assert (sweep.baseline.mean, sweep.accuracy.mean) == (0.5, 0.75)


def test_of_equally_good_scales_the_smallest_is_chosen() -> None:
    levels = [o for scale in (0.05, 0.01, 0.02) for seed in (1, HELD_OUT) for o in observe([1, 0], scale, seed)]
    assert noise_sweep(observe([0, 0], 0.0, 0) + levels, held_out=HELD_OUT, chance=0.25).scale == 0.01


def test_a_scale_at_which_few_answers_can_be_scored_is_not_chosen() -> None:
    plain = observe([0] * 10, 0.0, 0)
    garbled = observe([1] * 4, 0.5, 1) + observe([1] * 4, 0.5, HELD_OUT)
    usable = observe([1] * 3 + [0] * 7, 0.01, 1) + observe([1] * 3 + [0] * 7, 0.01, HELD_OUT)
    assert noise_sweep(plain + garbled + usable, held_out=HELD_OUT, chance=0.25).scale == 0.01
    nothing = noise_sweep(plain + garbled, held_out=HELD_OUT, chance=0.25)
    assert nothing.scale is None
    assert math.isnan(nothing.gain.effect)
    assert math.isnan(nothing.accuracy.mean)
    assert not nothing.gained
    assert not nothing.above_chance


def test_a_gain_whose_answers_on_the_held_out_seed_are_all_unreadable_is_unknown() -> None:
    """So it was with a trained organism: noise that two draws let it bear left it no letter to say with a third."""
    levels = observe([1, 1], 0.05, 1) + observe([0, 0], 0.01, 1) + observe([0, 0], 0.01, HELD_OUT)
    sweep = noise_sweep(observe([0, 0], 0.0, 0) + levels, held_out=HELD_OUT, chance=0.25)
    assert sweep.scale == 0.05
    assert math.isnan(sweep.gain.effect)
    assert not sweep.above_chance


def test_answers_left_out_are_counted() -> None:
    levels = observe([1, 1, 1], 0.01, 1) + observe([1, 1, 0], 0.01, HELD_OUT)
    sweep = noise_sweep(observe([0] * 5, 0.0, 0) + levels, held_out=HELD_OUT, chance=0.25)
    assert (sweep.gain.pairs, sweep.gain.unpaired) == (3, 2)


PLAIN, NOISY, CONFIRMING = observe([0, 1], 0.0, 0), observe([1, 1], 0.01, 1), observe([1, 1], 0.01, HELD_OUT)


@pytest.mark.parametrize(
    ("observations", "message"),
    [
        (NOISY + CONFIRMING, "without noise"),
        (PLAIN + CONFIRMING, "not held out"),
        (PLAIN + NOISY, "no answers at the held-out seed 9"),
        (PLAIN + NOISY + observe([1, 1], 0.01, HELD_OUT, clusters=1), "two clusters"),
    ],
)
def test_a_sweep_without_a_part_is_refused(observations: list[NoiseObservation], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        noise_sweep(observations, held_out=HELD_OUT, chance=0.25)


def test_each_level_that_was_tried_has_its_accuracy_its_gain_and_its_pairs() -> None:
    right = {0.0: 4, 0.01: 6, 0.03: 9}
    seen = [o for scale, n in right.items() for o in observe([1.0] * n + [0.0] * (20 - n), scale, int(scale * 100))]
    seen += observe([1.0] * 8 + [0.0] * 12, 0.03, HELD_OUT) + observe([1.0] * 5, 0.01, 7)
    found = noise_sweep(seen, held_out=HELD_OUT, chance=0.0)
    assert [(row.scale, row.seed) for row in found.discovery] == [(0.01, 1), (0.01, 7), (0.03, 3)]
    assert [row.accuracy for row in found.discovery] == pytest.approx([0.3, 1.0, 0.45])
    assert [row.gain for row in found.discovery] == pytest.approx([0.1, 0.2, 0.25])
    assert [row.pairs for row in found.discovery] == [20, 5, 20]
    assert (found.scale, found.held_out, found.baseline.mean) == (0.03, HELD_OUT, pytest.approx(0.2))
    assert found.gain.effect == pytest.approx(0.2)
    assert found.accuracy.mean == pytest.approx(0.4)
