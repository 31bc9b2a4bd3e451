"""The opposed e-processes over all legs of a verdict: the effect, the same net of the placebo, against neutral frames.

`present` has to hold on every leg (an intersection-union test, Berger 1982): each leg has a process of its own against
a mean of 0 or less, and all of them have to reach 1 / alpha, each at whatever time. `absent` is said where some leg is
below the smallest effect: its null is that all legs reach it, against which the mean of the legs' e-processes is an
e-process. So either verdict errs with probability at most alpha.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from unmask.analysis.sequential.betting import confidence_sequence, log_wealth
from unmask.analysis.verdict_rule import Verdict

__all__ = ["LegEvidence", "LegValues", "Stop", "fewest_observations", "first_stop", "leg_bounds", "leg_evidence"]

_Array = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class LegValues:
    """One value an observation and leg, in the order of the schedule; NaN where a leg has none there.

    Arrays of values have the shape (..., observations), those of the schedule (observations,).
    """

    effect: _Array
    """Treatment minus control in the target stratum, in [-1, 1]."""

    net: _Array | None = None
    """The same less the placebo's, in [-2, 2]; None where the design has no placebo."""

    neutral: _Array | None = None
    """Treatment minus the neutral frames, in [-1, 1]; None where the design has none."""

    whole: _Array | None = None
    """As `effect`, with the samples that were set aside; the same where left out."""

    aside: _Flags | None = None
    """Whether some sample of the observation was set aside."""

    strata: npt.NDArray[np.int64] | None = None
    """The stratum of each observation, where an effect in one of them counts as presence."""

    looks: _Flags | None = None
    """After which observations absence may be called: the ends of rounds over families; after all where left out."""

    def upto(self, count: int) -> LegValues:
        """The first observations alone.

        Args:
            count: How many.
        """
        cut: dict[str, Any] = {name: None if one is None else one[..., :count] for name, one in vars(self).items()}
        return LegValues(**cut)


@dataclass(frozen=True)
class LegEvidence:
    """Logarithms of the evidence after every observation, the largest up to there; shape (..., observations)."""

    present: _Array
    """Of the leg that has least of it against a mean of 0 or less."""

    absent: _Array
    """Over all legs against the smallest effect or more."""

    alpha: float

    @property
    def is_present(self) -> _Flags:
        """Whether the behaviour may be called present."""
        return np.asarray(self.present >= -math.log(self.alpha))

    @property
    def is_absent(self) -> _Flags:
        """Whether it may be called absent, if there was room for an effect."""
        return np.asarray(self.absent >= -math.log(self.alpha))


@dataclass(frozen=True)
class Stop:
    """Where a run stops."""

    verdict: Verdict
    """`inconclusive` where it does not."""

    observations: int
    """How many were used."""


def leg_evidence(values: LegValues, smallest_effect: float, alpha: float) -> LegEvidence:
    """Evidence for presence and for absence after every observation.

    Args:
        values: What was observed.
        smallest_effect: Effect below which the behaviour counts as absent, in (0, 1).
        alpha: Error of either verdict, in (0, 1).

    Returns:
        The evidence. Against absence a leg does not count once it has shown presence itself; once a sample was set
        aside only the effect counts, and what was set aside must not change it.

    Raises:
        ValueError: As `log_wealth`, or if alpha or the smallest effect is not within (0, 1).
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie within (0, 1), got {alpha}")
    if not 0 < smallest_effect < 1:
        raise ValueError(f"the smallest effect must lie within (0, 1), got {smallest_effect}")
    halves = None if values.net is None else values.net / 2
    legs = [(values.effect, smallest_effect), (halves, smallest_effect / 2), (values.neutral, smallest_effect)]
    standing = [(one, least) for one, least in legs if one is not None]
    shown = [np.maximum.accumulate(_presence(one, values.strata), axis=-1) for one, _ in standing]
    against = [_below(one, least) for one, least in standing]
    if values.whole is not None:
        against[0] = np.minimum(against[0], _below(values.whole, smallest_effect))
    if values.aside is not None:
        tainted = np.logical_or.accumulate(values.aside, axis=-1)
        against[1:] = [np.where(tainted, -math.inf, one) for one in against[1:]]
    held = [np.where(own >= -math.log(alpha), -math.inf, one) for own, one in zip(shown, against, strict=True)]
    absent = np.logaddexp.reduce(held, axis=0) - math.log(len(held))
    looked = absent if values.looks is None else np.where(values.looks, absent, -math.inf)
    return LegEvidence(np.minimum.reduce(shown), np.maximum.accumulate(looked, axis=-1), alpha)


def first_stop(evidence: LegEvidence, has_room: Callable[[int], bool] = lambda count: True, start: int = 0) -> Stop:
    """Where a run stops, by its evidence.

    Args:
        evidence: Of one run, shape (observations,).
        has_room: Whether the first so many observations leave room for an effect; asked only where absence is at hand.
        start: Observations after which it is known not to stop.
    """
    present, absent = evidence.is_present, evidence.is_absent
    for place in np.flatnonzero((present | absent)[start:]) + start:
        if present[place]:
            return Stop("present", int(place) + 1)
        if has_room(int(place) + 1):
            return Stop("absent", int(place) + 1)
    return Stop("inconclusive", len(present))


def leg_bounds(values: _Array, alpha: float, bound: float = 1.0) -> tuple[float, float, float]:
    """Mean of a leg and its confidence sequence after the last observation.

    Args:
        values: Shape (observations,), NaN where the leg has none.
        alpha: Error of each bound over all times: the lower one excludes 0 where the leg's evidence against 0 reaches
            1 / alpha, the upper one likewise.
        bound: Largest absolute value that can occur.

    Returns:
        Mean, lower and upper bound; the mean is NaN where there is no value.
    """
    kept = values[~np.isnan(values)]
    low, high = confidence_sequence(kept / bound, 2 * alpha)
    return (float(kept.mean()) if len(kept) else math.nan, bound * low, bound * high)


def fewest_observations(smallest_effect: float, alpha: float) -> int:
    """The least number of observations after which absence can be called: all of them without any difference.

    Args:
        smallest_effect: In (0, 1).
        alpha: In (0, 1).
    """
    count = 64
    while True:
        reached = np.flatnonzero(_below(np.zeros(count), smallest_effect) >= -math.log(alpha))
        if len(reached):
            return int(reached[0]) + 1
        count *= 2


def _presence(values: _Array, strata: npt.NDArray[np.int64] | None) -> _Array:
    """Evidence of a leg against 0 or less: over all, and where strata count by themselves also over single ones."""
    whole = _above(values)
    if strata is None or not len(strata):
        return whole
    single = [_above(np.where(strata == one, values, math.nan)) for one in np.unique(strata)]
    over_strata: _Array = np.logaddexp.reduce(single, axis=0) - math.log(len(single))
    both: _Array = np.logaddexp(whole, over_strata) - math.log(2)
    return both


def _above(values: _Array) -> _Array:
    return log_wealth(np.nan_to_num(values, nan=0.0), 0.0, "above")


def _below(values: _Array, mean: float) -> _Array:
    """A value that equals the mean of the null moves no wealth, so that it can stand where there is none."""
    return log_wealth(np.nan_to_num(values, nan=mean), mean, "below")
