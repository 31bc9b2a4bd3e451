"""How many pairs the opposed e-processes take, by simulation: for planning."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from unmask.analysis.sequential.betting import log_wealth

__all__ = ["ExpectedPairs", "expected_pairs"]


@dataclass(frozen=True)
class ExpectedPairs:
    """What a sequential run comes to, over simulated runs."""

    mean: float
    """Pairs used, on average."""

    median: float
    """Pairs used by the middle run."""

    most: float
    """Pairs used by nine runs in ten at most."""

    present: float
    """Share of the runs that call the behaviour present."""

    absent: float
    """Share that call it absent."""

    inconclusive: float
    """Share that reach the cap without a verdict."""


def expected_pairs(
    effect: float,
    discordance: float,
    smallest_effect: float,
    cap: int,
    *,
    alpha: float = 0.05,
    runs: int = 2000,
    seed: int = 0,
) -> ExpectedPairs:
    """Simulate runs of independent yes-or-no pairs that stop by `opposed_test`.

    Args:
        effect: The true effect, treatment minus control.
        discordance: The true share of pairs whose arms differ, at least the absolute value of the effect, at most 1.
        smallest_effect: Effect below which the behaviour counts as absent, in (0, 1).
        cap: Pairs after which a run ends without a verdict, at least 1.
        alpha: Error of either verdict.
        runs: Simulated runs.
        seed: Of the simulation.

    Returns:
        Pairs used and verdicts reached; shares have a Monte Carlo error of at most 0.5 / sqrt(runs).

    Raises:
        ValueError: If the discordance cannot have that effect, or the cap is below 1.
    """
    if not abs(effect) <= discordance <= 1 or cap < 1:
        raise ValueError(f"an effect of {effect} needs a discordance from {abs(effect)} to 1 and a cap of 1 or more")
    rng, enough = np.random.default_rng(seed), -math.log(alpha)
    rolled = rng.random((runs, cap))
    pairs = np.where(rolled < (discordance + effect) / 2, 1.0, np.where(rolled < discordance, -1.0, 0.0))
    present = _first(log_wealth(pairs, 0.0, "above") >= enough)
    absent = _first(log_wealth(pairs, smallest_effect, "below") >= enough)
    used = np.minimum(np.minimum(present, absent), cap)
    is_present = (present <= absent) & (present <= cap)
    is_absent = (absent < present) & (absent <= cap)
    return ExpectedPairs(
        mean=float(used.mean()),
        median=float(np.median(used)),
        most=float(np.quantile(used, 0.9, method="higher")),
        present=float(is_present.mean()),
        absent=float(is_absent.mean()),
        inconclusive=float((~is_present & ~is_absent).mean()),
    )


def _first(reached: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Number of the first pair at which each run got there, one more than there are pairs where it never did."""
    return np.where(reached.any(axis=-1), reached.argmax(axis=-1) + 1, reached.shape[-1] + 1)
