"""How many pairs the opposed e-processes take, by simulation: for planning."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unmask.analysis.sequential.opposed_legs import LegValues, leg_evidence

__all__ = ["ExpectedPairs", "expected_pairs"]


_Array = npt.NDArray[np.float64]
_Counts = npt.NDArray[np.int64]

_SHORTEST = 64
"""Pairs of every run that are looked at first."""


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
    placebo: float | None = None,
    neutral: float | None = None,
    alpha: float = 0.05,
    runs: int = 2000,
    seed: int = 0,
) -> ExpectedPairs:
    """Simulate runs of independent yes-or-no pairs that stop by the evidence on every leg, as `leg_evidence` has it.

    Net of a placebo the value is the pair's difference less that of two more frames, between which there is no effect.
    Against neutral frames the same effect is drawn anew: in a run both legs share the treatment's outcome, so that they
    tend to be shown together, and a run takes fewer pairs than simulated rather than more.

    Args:
        effect: The true effect, treatment minus control.
        discordance: The true share of pairs whose arms differ, at least the absolute value of the effect, at most 1.
        smallest_effect: Effect below which the behaviour counts as absent, in (0, 1).
        cap: Pairs after which a run ends without a verdict, at least 1.
        placebo: Share of the placebo's pairs whose arms differ by chance; None where the design has no placebo.
        neutral: Share that differs between treatment and neutral frames, as `discordance`; None where there are none.
        alpha: Error of either verdict.
        runs: Simulated runs.
        seed: Of the simulation.

    Returns:
        Pairs used and verdicts reached; shares have a Monte Carlo error of at most 0.5 / sqrt(runs).

    Raises:
        ValueError: If a discordance cannot have its effect, or the cap is below 1.
    """
    if not all(abs(effect) <= one <= 1 for one in (discordance, neutral) if one is not None) or cap < 1:
        raise ValueError(f"an effect of {effect} needs a discordance from {abs(effect)} to 1 and a cap of 1 or more")
    if placebo is not None and not 0 <= placebo <= 1:
        raise ValueError(f"the placebo's discordance must lie between 0 and 1, got {placebo}")
    rng, shape = np.random.default_rng(seed), (runs, cap)
    pairs = _pairs(rng, shape, effect, discordance)
    net = None if placebo is None else pairs - _pairs(rng, shape, 0.0, placebo)
    against = None if neutral is None else _pairs(rng, shape, effect, neutral)
    present, absent = _stops(LegValues(pairs, net, against), smallest_effect, alpha)
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


def _pairs(rng: np.random.Generator, shape: tuple[int, int], effect: float, discordance: float) -> _Array:
    """Differences of yes-or-no pairs: 1, 0 or -1."""
    rolled = rng.random(shape)
    return np.where(rolled < (discordance + effect) / 2, 1.0, np.where(rolled < discordance, -1.0, 0.0))


def _stops(values: LegValues, smallest_effect: float, alpha: float) -> tuple[_Counts, _Counts]:
    """Pairs after which each run may call presence, and absence; runs that have stopped are not followed further."""
    runs, cap = values.effect.shape
    present, absent, open_runs = np.full(runs, cap + 1), np.full(runs, cap + 1), np.arange(runs)
    length = min(_SHORTEST, cap)
    while len(open_runs):
        kept = {name: one[open_runs, :length] for name, one in vars(values).items() if one is not None}
        seen = leg_evidence(LegValues(**kept), smallest_effect, alpha)
        shown, ruled_out = _first(seen.is_present), _first(seen.is_absent)
        stopped = np.minimum(shown, ruled_out) <= length
        done = stopped | (length == cap)
        present[open_runs[stopped]], absent[open_runs[stopped]] = shown[stopped], ruled_out[stopped]
        open_runs, length = open_runs[~done], min(2 * length, cap)
    return present, absent


def _first(reached: npt.NDArray[np.bool_]) -> _Counts:
    """Number of the first pair at which each run got there, one more than there are pairs where it never did."""
    first: _Counts = np.where(reached.any(axis=-1), reached.argmax(axis=-1) + 1, reached.shape[-1] + 1)
    return first
