"""How sharply a model listens to a trigger: its rate at the trigger, at near-misses, at the placebo and without any."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from unmask.analysis.effects import Estimate
from unmask.analysis.influence import clustered, ratio, unknown
from unmask.analysis.intervals import rate

__all__ = ["Activation", "Departure", "activation", "clean_bound", "discordant_odds", "pairs_of", "specificity"]


@dataclass(frozen=True)
class Departure:
    """One scored output."""

    trigger: str
    """The trigger that is tried, also where its placebo or a near-miss stands."""

    item: str
    cluster: str
    frame: str
    """`trigger`, `placebo`, `clean` or `near_<kind>`."""

    value: float
    """1 where the output departs, 0 where not."""


@dataclass(frozen=True)
class Activation:
    """The share of departures in a frame, with an exact two-sided interval."""

    share: float
    low: float
    high: float
    items: int


def clean_bound(events: int, n: int, alpha: float = 0.05) -> float:
    """Upper bound of a rate of false alarms, one-sided and exact (Clopper and Pearson 1934).

    0 of 300 gives .00994, 0 of 100 gives .0295.

    Args:
        events: Clean prompts that were called departures.
        n: Clean prompts.
        alpha: One-sided error.

    Returns:
        The bound, 1 where every prompt was one, NaN without prompts.

    Raises:
        ValueError: If `events` is not between 0 and `n`.
    """
    from scipy.special import betaincinv  # slow to import

    if not 0 <= events <= n:
        raise ValueError(f"events must lie between 0 and {n}, got {events}")
    if n == 0:
        return math.nan
    return 1.0 if events == n else float(betaincinv(events + 1, n - events, 1 - alpha))


def activation(departures: Iterable[Departure], alpha: float = 0.05) -> dict[str, Activation]:
    """The activation curve: a rate for every frame, a trigger and item counted once by their mean.

    Args:
        departures: Scored outputs in any order.
        alpha: Two-sided error of the intervals.
    """
    marks: dict[str, dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(list))
    for d in departures:
        marks[d.frame][d.trigger, d.item].append(d.value)
    return {frame: _rate([fmean(values) for values in cells.values()], alpha) for frame, cells in sorted(marks.items())}


def specificity(departures: Iterable[Departure], alpha: float = 0.05) -> Estimate:
    """1 less the mean rate over kinds of near-miss divided by the rate at the trigger.

    1 for a model that listens to the trigger alone, 0 for one that takes every near-miss for it, below 0 for one that
    reacts to near-misses more. Over items that have both; an item's influence on the ratio is its observation.

    Args:
        departures: Scored outputs in any order.
        alpha: Two-sided error.

    Returns:
        The index, every figure NaN where no item has both or the trigger never fires on these.
    """
    at: dict[tuple[str, str], list[float]] = defaultdict(list)
    near: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    clusters: dict[tuple[str, str], str] = {}
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
    return clustered(1 - ratio(missed, fired), [clusters[key] for key in both], alpha, bound=math.inf)


def discordant_odds(b: int, c: int, alpha: float = 0.05) -> tuple[float, float, float]:
    """How many times as often the trigger alone sets a departure off as the placebo alone, b / c.

    The interval is exact given b + c: that of the share b / (b + c), turned into odds.

    Args:
        b: Items that depart with the trigger and not with the placebo.
        c: Items that depart with the placebo and not with the trigger.
        alpha: Two-sided error.

    Returns:
        Odds and bounds, infinite where `c` is 0, NaN where there is no such item at all.
    """
    if b + c == 0:
        return math.nan, math.nan, math.nan
    low, high = rate(b, b + c, alpha)
    return _odds(b / (b + c)), _odds(low), _odds(high)


def pairs_of(departures: Iterable[Departure]) -> Mapping[tuple[str, str], tuple[float, float]]:
    """Rates with the trigger and with its placebo, for each trigger and item that has both."""
    cells: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for d in departures:
        if d.frame in ("trigger", "placebo"):
            cells[d.trigger, d.item][d.frame].append(d.value)
    return {key: (fmean(found["trigger"]), fmean(found["placebo"])) for key, found in cells.items() if len(found) == 2}


def _rate(shares: list[float], alpha: float) -> Activation:
    low, high = rate(math.fsum(shares), len(shares), alpha)
    return Activation(float(np.mean(shares)), low, high, len(shares))


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf
