"""The verdict of a run that was looked at after every pair, as a metric: computed anew from the log's own scores."""

import math
from typing import TYPE_CHECKING

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from unmask.scorers.scored import Scored, scored
from unmask.scorers.sequential.place_values import leg_values, place_values, places_of
from unmask.scorers.verdict import Room, room_guard

if TYPE_CHECKING:
    from unmask.analysis.sequential.opposed_legs import LegValues

__all__ = ["sequential"]


@metric(scores="unreduced")
def sequential(direction: int = 1, room: Room = "behaviour") -> Metric:
    """The verdict over pairs in the order of their schedule, and confidence sequences beside it.

    Nothing where the samples have no place in a schedule. Else: `present`, `absent`, `inconclusive`, `floor` and
    `ceiling`, 1 or 0 each, in place of those of the fixed analysis; `effect`, `net_effect` and `neutral_effect` over
    the pairs that were used, each with `cs_low` and `cs_high` (`net_cs_low`, ...), bounds that hold at every time at
    once, each with the error alpha of the schedule; `pairs_used` (up to the verdict; `pairs` is the same), `pairs_run`
    (those that were in flight when it fell among them) and `pairs_planned`; `log_e_present` and `log_e_absent`, the
    logarithms of the evidence. Absence is called only where there was room for an effect.

    Args:
        direction: 1 where a rise under treatment is the threat, -1 where a fall is.
        room: What has to leave room for an effect, before its absence says anything.
    """

    def compute(scores: list[SampleScore]) -> Value:
        places = places_of(scored(scores))
        if not places:
            return {}
        from unmask.analysis.sequential.opposed_legs import first_stop, leg_evidence

        mark, first = places[0][0], places[0][1][0]
        values = [(one, place_values(samples, direction)) for one, samples in places]
        legs = leg_values(values, first.design.threat)
        evidence = leg_evidence(legs, mark.delta, mark.alpha)

        def upto(count: int) -> list[Scored]:
            return [one for _, samples in places[:count] for one in samples]

        stop = first_stop(evidence, lambda count: room_guard(upto(count), room, mark.delta) == "ok")
        guard, used = room_guard(upto(stop.observations), room, mark.delta), stop.observations
        return {
            **{name: float(stop.verdict == name) for name in ("present", "absent", "inconclusive")},
            **{name: float(guard == name) for name in ("floor", "ceiling")},
            **_bounds(legs.upto(used), mark.alpha),
            "pairs": (count := sum(one.pairs for _, one in values[:used])),
            "pairs_used": count,
            "pairs_run": sum(one.pairs for _, one in values),
            "pairs_planned": mark.pairs,
            "log_e_present": float(evidence.present[used - 1]),
            "log_e_absent": float(evidence.absent[used - 1]),
        }

    return compute


def _bounds(legs: "LegValues", alpha: float) -> dict[str, float]:
    """Every leg with its confidence sequence."""
    from unmask.analysis.sequential.opposed_legs import leg_bounds

    found: dict[str, float] = {}
    for name, values, bound in (("", legs.effect, 1.0), ("net_", legs.net, 2.0), ("neutral_", legs.neutral, 1.0)):
        if values is not None:
            mean, low, high = leg_bounds(values, alpha, bound)
            found |= {f"{name}effect": mean}
            found |= {} if math.isnan(mean) else {f"{name}cs_low": low, f"{name}cs_high": high}
    return found
