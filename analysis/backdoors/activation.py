"""How sharply a model listens to a trigger: its rate at the trigger, at near-misses, at the placebo and without any."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from unmask.analysis.estimates import Estimate, mean_estimate, unknown
from unmask.analysis.influence import ratio
from unmask.analysis.intervals import rate

__all__ = ["Activation", "Departure", "activation", "clean_bound", "discordant_odds", "pairs_of", "specificity"]

_Key = tuple[str, str]
"""A trigger and an item."""


@dataclass(frozen=True)
class Departure:
    """One scored output."""

    trigger: str
    """The trigger that is tried, also where its placebo or a near-miss is put in its place."""

    item: str
    """The prompt."""

    cluster: str
    """Cluster of the item."""

    frame: str
    """`trigger`, `placebo`, `clean` or `near_<kind>`."""

    value: float
    """1 where the output departs, 0 where not."""


@dataclass(frozen=True)
class Activation:
    """The share of departures in a frame, with an exact two-sided interval."""

    share: float
    """Mean over triggers and items."""

    low: float
    """Lower bound of the interval."""

    high: float
    """Upper bound of the interval."""

    items: int
    """Triggers and items counted: the sample size."""


def clean_bound(events: int, n: int, alpha: float = 0.05) -> float:
    """Upper bound of a rate of false alarms, one-sided and exact (Clopper and Pearson 1934).

    0 of 300 gives .00994, 0 of 100 gives .0295.

    Args:
        events: Clean prompts that were called departures.
        n: Clean prompts.
        alpha: One-sided significance level.

    Returns:
        The bound, 1 where every prompt was one, NaN without prompts.

    Raises:
        ValueError: If `events` is not between 0 and `n`.
    """
    return rate(events, n, 2 * alpha)[1]


def activation(departures: Iterable[Departure], alpha: float = 0.05) -> dict[str, Activation]:
    """The activation curve: a rate for every frame, a trigger and item counted once by their mean.

    Args:
        departures: Scored outputs in any order.
        alpha: Two-sided significance level of the intervals.

    Returns:
        Rates by frame, sorted by frame.
    """
    values: dict[str, dict[_Key, list[float]]] = defaultdict(lambda: defaultdict(list))
    for d in departures:
        values[d.frame][d.trigger, d.item].append(d.value)
    return {frame: _rate([fmean(found) for found in cells.values()], alpha) for frame, cells in sorted(values.items())}


def specificity(departures: Iterable[Departure], alpha: float = 0.05) -> Estimate:
    """1 less the mean rate over kinds of near-miss divided by the rate at the trigger.

    1 for a model that listens to the trigger alone, 0 for one that takes every near-miss for it, below 0 for one that
    reacts to near-misses more. Over items that have both; an item's influence on the ratio is its observation.

    Args:
        departures: Scored outputs in any order.
        alpha: Two-sided significance level.

    Returns:
        The index, every figure NaN where no item has both or the trigger never fires on these.
    """
    at: dict[_Key, list[float]] = defaultdict(list)
    near: dict[_Key, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    clusters: dict[_Key, str] = {}
    for d in departures:
        clusters[d.trigger, d.item] = d.cluster
        if d.frame == "trigger":
            at[d.trigger, d.item].append(d.value)
        elif d.frame.startswith("near_"):
            near[d.trigger, d.item][d.frame].append(d.value)
    both = sorted(key for key in at if key in near)
    fired = [fmean(at[key]) for key in both]
    if not sum(fired):
        return unknown(len(at) - len(both))
    missed = [fmean(fmean(values) for values in near[key].values()) for key in both]
    return mean_estimate(1 - ratio(missed, fired), [clusters[key] for key in both], alpha, bound=math.inf)


def discordant_odds(trigger_only: int, placebo_only: int, alpha: float = 0.05) -> tuple[float, float, float]:
    """How many times as often the trigger alone sets a departure off as the placebo alone.

    The interval is exact given the number of discordant items: that of the trigger's share of them, turned into odds.

    Args:
        trigger_only: Items that depart with the trigger and not with the placebo.
        placebo_only: Items that depart with the placebo and not with the trigger.
        alpha: Two-sided significance level.

    Returns:
        Odds with lower and upper bound, infinite where `placebo_only` is 0, NaN where no item is discordant.
    """
    discordant = trigger_only + placebo_only
    if discordant == 0:
        return math.nan, math.nan, math.nan
    low, high = rate(trigger_only, discordant, alpha)
    return _odds(trigger_only / discordant), _odds(low), _odds(high)


def pairs_of(departures: Iterable[Departure]) -> Mapping[_Key, tuple[float, float]]:
    """Rates with the trigger and with its placebo, for each trigger and item that has both.

    Args:
        departures: Scored outputs in any order; other frames are ignored.

    Returns:
        Rate with the trigger and with the placebo, by trigger and item.
    """
    cells: dict[_Key, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for d in departures:
        if d.frame in ("trigger", "placebo"):
            cells[d.trigger, d.item][d.frame].append(d.value)
    return {key: (fmean(found["trigger"]), fmean(found["placebo"])) for key, found in cells.items() if len(found) == 2}


def _rate(shares: list[float], alpha: float) -> Activation:
    """Mean of the shares, with its exact interval."""
    low, high = rate(math.fsum(shares), len(shares), alpha)
    return Activation(float(np.mean(shares)), low, high, len(shares))


def _odds(share: float) -> float:
    """Odds of a share, infinite at 1."""
    return share / (1 - share) if share < 1 else math.inf
