"""What an observation of the schedule comes to on every leg of the verdict."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING

from unmask.analysis.effects import item_differences, net_differences
from unmask.analysis.sequential.schedule_order import Turn, turn_of
from unmask.protocol.provenance import declared_values
from unmask.scorers.contrast import declared, neutral, observation
from unmask.scorers.scored import Scored
from unmask.scorers.sequential.put_off import looked_at, put_off_to
from unmask.scorers.sequential.stop_schedule import StopMark, stop_mark

if TYPE_CHECKING:
    from unmask.analysis.sequential.opposed_legs import LegValues

__all__ = ["PlaceValues", "leg_values", "place_values", "places_of"]


@dataclass(frozen=True)
class PlaceValues:
    """An observation: a mean over its items for every leg, NaN where no item has both sides of it."""

    effect: float
    net: float
    neutral: float
    whole: float
    """The effect with what was set aside."""

    aside: bool
    """Whether anything was set aside."""

    pairs: int
    """Items that were compared."""

    cluster: str


def place_values(samples: Sequence[Scored], direction: int) -> PlaceValues:
    """What the scored samples of an observation come to, by the rule of the fixed analysis.

    Args:
        samples: Those of one place; what could not be scored is not among them, and its pair is left out.
        direction: 1 where a rise under treatment is the threat, -1 where a fall is.
    """
    counted = declared(samples, direction)
    treated = [one for one in counted if (one.arm, one.stratum) == ("treatment", "target")]
    against = [replace(one, arm="control", stratum="target") for one in neutral(samples, direction)]
    effects = item_differences(counted)
    whole = item_differences(observation(one, direction) for one in samples if one.design.pooled)
    return PlaceValues(
        effect=_mean(effects),
        net=_mean(net_differences(counted)),
        neutral=_mean(item_differences([*treated, *against])) if against else math.nan,
        whole=_mean(whole),
        aside=any(one.set_aside for one in samples),
        pairs=len(effects),
        cluster=samples[0].design.cluster if samples else "",
    )


def leg_values(places: Sequence[tuple[StopMark, PlaceValues]], threat: str) -> LegValues:
    """The observations of a run as the e-processes take them.

    Args:
        places: In the order of the schedule.
        threat: The threat's name, which says whether an effect in one family counts.
    """
    import numpy as np

    from unmask.analysis.sequential.opposed_legs import LegValues

    marks, values = [mark for mark, _ in places], [value for _, value in places]
    legs = marks[0].legs.split() if marks else []
    clusters = {name: number for number, name in enumerate(sorted({one.cluster for one in values} - {""}))}
    in_strata = declared_values(threat).strata == "families"
    return LegValues(
        effect=np.array([one.effect for one in values]),
        net=np.array([one.net for one in values]) if "net" in legs else None,
        neutral=np.array([one.neutral for one in values]) if "neutral" in legs else None,
        whole=np.array([one.whole for one in values]),
        aside=np.array([one.aside for one in values], dtype=bool),
        strata=np.array([clusters.get(one.cluster, 0) for one in values]) if in_strata else None,
        looks=np.array([mark.look for mark in marks], dtype=bool),
    )


def places_of(samples: Iterable[Scored]) -> list[tuple[StopMark, list[Scored]]]:
    """Scored samples by their place, in the order in which they are looked at; those without a place are left out.

    That is `looked_at`, where it is known, and behind it the order of the schedule, but for places that lost their turn
    because a sample was tried again.

    Args:
        samples: In any order.
    """
    found: dict[int, list[Scored]] = defaultdict(list)
    marks: dict[int, StopMark] = {}
    turns: dict[int, Turn] = {}
    for one in samples:
        mark = stop_mark(one.design)
        if mark is not None:
            found[mark.place].append(one)
            marks[mark.place] = mark
            if (turn := put_off_to(one.notes)) is not None:
                turns[mark.place] = max(turn, turns.get(mark.place, turn))
    first = {place: number for number, place in enumerate(looked_at.get())}
    order = sorted(found, key=lambda place: (first.get(place, len(first)), turn_of(place, turns.get(place))))
    return [(marks[place], found[place]) for place in order]


def _mean(values: Mapping[str, float]) -> float:
    return fmean(values.values()) if values else math.nan
