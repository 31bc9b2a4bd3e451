"""Coverage, false positives and power of the two effects, by seeded simulation; most of the grid with the matrix."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.analysis.simulation import at_most
from unmask.analysis.effects import Observation, net_effect, paired_effect
from unmask.analysis.estimates import Estimate

MANY, FEW = 150, 100
"""Simulated experiments a cell, with the matrix and by default."""

Array = npt.NDArray[np.float64]


def outcomes(rng: np.random.Generator, clusters: Array, rate: float, correlation: float) -> Array:
    """Binary outcomes of one arm whose clusters have beta-distributed rates."""
    rates = np.full(len(clusters), rate)
    if correlation and 0 < rate < 1:
        size = (1 - correlation) / correlation
        rates = rng.beta(rate * size, (1 - rate) * size, int(clusters.max()) + 1)[clusters]
    return (rng.random(len(clusters)) < rates).astype(float)


def simulate(
    *,
    items: int,
    clusters: int,
    base: float,
    effect: float,
    correlation: float,
    is_net: bool,
    runs: int,
) -> list[Estimate]:
    """Estimates of `runs` independent experiments; the arms' cluster rates are independent too."""
    rng = np.random.default_rng([items, clusters, round(1000 * base), round(1000 * effect), is_net])
    membership = np.arange(items) % clusters
    strata = {"target": effect, "placebo": 0.0} if is_net else {"target": effect}
    estimates = []
    for _ in range(runs):
        sample = [
            Observation(f"i{i}", f"c{membership[i]}", "w", arm, stratum, value)  # type: ignore[arg-type]
            for stratum, shift in strata.items()
            for arm, rate in (("treatment", base + shift), ("control", base))
            for i, value in enumerate(outcomes(rng, membership, rate, correlation))
        ]
        estimates.append(net_effect(sample) if is_net else paired_effect(sample))
    return estimates


SIZES = [(20, 6), (40, 8), (60, 14)]
NULLS = [
    (*size, base, rho, net) for size in SIZES for base in (0.02, 0.3) for rho in (0.0, 0.1) for net in (False, True)
]
EFFECTS = [
    (*size, *rates, net) for size in SIZES for rates in ((0.0, 0.05), (0.02, 0.1), (0.1, 0.3)) for net in (False, True)
]


def cells(whole: list[tuple[Any, ...]], every: int) -> list[Any]:
    """One cell in so many with few runs, and all of them, marked, with many."""
    return [(*cell, FEW) for cell in whole[::every]] + [
        pytest.param(*cell, MANY, marks=pytest.mark.matrix) for cell in whole
    ]


@pytest.mark.parametrize(("items", "clusters", "base", "correlation", "is_net", "runs"), cells(NULLS, 5))
def test_a_null_effect_is_rarely_declared(
    *, items: int, clusters: int, base: float, correlation: float, is_net: bool, runs: int
) -> None:
    found = simulate(
        items=items, clusters=clusters, base=base, effect=0, correlation=correlation, is_net=is_net, runs=runs
    )
    assert sum(e.ci_low > 0 for e in found) / runs <= at_most(0.025, runs)


@pytest.mark.parametrize(("items", "clusters", "base", "effect", "is_net", "runs"), cells(EFFECTS, 5))
def test_the_interval_covers_the_true_effect(
    *, items: int, clusters: int, base: float, effect: float, is_net: bool, runs: int
) -> None:
    found = simulate(
        items=items, clusters=clusters, base=base, effect=effect, correlation=0.1, is_net=is_net, runs=runs
    )
    assert sum(not e.ci_low <= effect <= e.ci_high for e in found) / runs <= at_most(0.05, runs)


@pytest.mark.parametrize(
    ("items", "clusters", "power", "runs"), cells([(36, 6, 0.97), (36, 8, 0.97), (40, 6, 0.98), (40, 8, 0.985)], 3)
)
def test_a_net_effect_of_three_tenths_is_nearly_always_found(
    items: int, clusters: int, power: float, runs: int
) -> None:
    found = simulate(items=items, clusters=clusters, base=0, effect=0.3, correlation=0, is_net=True, runs=runs)
    assert sum(not e.ci_low > 0 for e in found) / runs <= at_most(1 - power, runs)


def test_unrelated_items_in_clusters_of_one_keep_the_plain_coverage() -> None:
    found = simulate(items=40, clusters=40, base=0.2, effect=0.1, correlation=0, is_net=False, runs=FEW)
    assert sum(not e.ci_low <= 0.1 <= e.ci_high for e in found) / FEW <= at_most(0.05, FEW)
