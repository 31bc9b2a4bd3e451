"""What is left of an effect: the ratio against its definition, and how often its interval covers the truth."""

import math

import numpy as np
import pytest

from unmask.analysis.backdoors.persistence import BeforeAfter, persistence


def pairs(before: list[float], after: list[float], clusters: int = 10) -> list[BeforeAfter]:
    return [BeforeAfter(f"c{n % clusters}", b, a) for n, (b, a) in enumerate(zip(before, after, strict=True))]


def test_the_ratio_is_that_of_the_mean_effects() -> None:
    found = persistence(pairs([1.0] * 40 + [0.0] * 20, [1.0] * 20 + [0.0] * 40))
    assert found.before.effect == pytest.approx(2 / 3)
    assert found.after.effect == pytest.approx(1 / 3)
    assert found.ratio.effect == pytest.approx(0.5)
    assert found.ratio.ci_low < 0.5 < found.ratio.ci_high


@pytest.mark.parametrize("kept", [0.0, 1.0])
def test_all_or_nothing_may_be_left(kept: float) -> None:
    assert persistence(pairs([1.0] * 60, [kept] * 60)).ratio.effect == pytest.approx(kept)


def test_without_an_effect_before_there_is_no_ratio() -> None:
    found = persistence(pairs([0.0] * 60, [1.0] * 60))
    assert math.isnan(found.ratio.effect)
    assert found.after.effect == 1.0


def test_of_nothing_nothing_is_known() -> None:
    assert all(math.isnan(one.effect) for one in vars(persistence([])).values())


@pytest.mark.parametrize(
    ("effect", "kept", "correlation"),
    [(0.3, 0.3, 0.0), (1.0, 0.7, 0.0), *((effect, kept, 0.1) for effect in (0.3, 1) for kept in (0.0, 0.3, 0.7, 1.0))],
)
def test_the_interval_of_the_ratio_covers_what_it_should(effect: float, kept: float, correlation: float) -> None:
    rng, runs, items, clusters = np.random.default_rng([round(10 * effect), round(10 * kept)]), 100, 60, 10
    hits, known = 0, 0
    for _ in range(runs):
        shared = rng.normal(size=clusters)[np.arange(items) % clusters]
        latent = math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * rng.normal(size=items)
        uniform = np.array([0.5 * math.erfc(-z / math.sqrt(2)) for z in latent])
        before = (uniform < effect).astype(float)
        after = before * (rng.random(items) < kept)
        found = persistence(pairs(before.tolist(), after.tolist())).ratio
        known += not math.isnan(found.effect)
        hits += bool(found.ci_low <= kept <= found.ci_high)
    assert known >= 0.9 * runs
    assert hits / known >= 0.93 - 3 * math.sqrt(0.93 * 0.07 / known)
