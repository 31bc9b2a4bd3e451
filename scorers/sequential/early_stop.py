"""Stops a run through Inspect's `EarlyStopping`, once the pairs in the order of their schedule give a verdict.

Samples end in any order. What is looked at is the prefix of the schedule that has ended without a gap, so that quick
samples are no more likely to be seen than slow ones. Samples in flight when the verdict falls still finish, and are no
part of it; so that they stay few, ten run at a time where the user says nothing else.
"""

import math
from collections.abc import Mapping
from contextvars import ContextVar

import anyio
from inspect_ai.dataset import Sample
from inspect_ai.hooks import Hooks, SampleEnd, hooks
from inspect_ai.log import EvalSpec
from inspect_ai.scorer import SampleScore
from inspect_ai.util import EarlyStop
from pydantic import JsonValue

from unmask.analysis.sequential.opposed_legs import Stop, first_stop, leg_evidence
from unmask.analysis.sequential.schedule_prefix import SchedulePrefix
from unmask.protocol.design import SampleDesign
from unmask.scorers.scored import Scored, scored
from unmask.scorers.sequential.place_values import PlaceValues, leg_values, place_values
from unmask.scorers.sequential.stop_schedule import StopMark, stop_mark
from unmask.scorers.verdict import Room, room_guard

__all__ = ["AT_ONCE", "SequentialStopping", "StoppingHook"]

AT_ONCE = 10
"""Samples that run at a time where the user sets no `max_samples`."""

_Key = tuple[str | int, int]


class _Watch:
    """One run: what has ended of its schedule, and whether that gives a verdict."""

    def __init__(self, samples: list[Sample], epochs: int, scorer: str, direction: int, room: Room, slots: int) -> None:
        marked = [(one.id, stop_mark(SampleDesign.read(one.metadata or {}))) for one in samples]
        marks = {mark.place: mark for _, mark in marked if mark}
        self.marks: list[StopMark] = [marks[place] for place in sorted(marks)]
        index = {mark.place: number for number, mark in enumerate(self.marks)}
        named = [(name, mark) for name, mark in marked if mark and name is not None]
        self.places: dict[_Key, int] = {
            (name, epoch): index[mark.place] for name, mark in named for epoch in range(1, epochs + 1)
        }
        members = [list(self.places.values()).count(number) for number in range(len(self.marks))]
        self.prefix = SchedulePrefix(members)
        self.scorer, self.direction, self.room = scorer, direction, room
        self.scored: list[list[Scored]] = [[] for _ in self.marks]
        self.values: list[PlaceValues] = []
        self.stop: Stop | None = None
        self.ended: set[_Key] = set()
        self.running: set[_Key] = set()
        self.slots = anyio.Semaphore(slots) if slots else None

    async def admit(self, key: _Key) -> EarlyStop | None:
        """Let a sample begin, once fewer than the limit run; or stop it."""
        if key not in self.places or key in self.running:
            return None  # nothing rests on it, or it is tried again after an error
        if self.stop is None and self.slots:
            await self.slots.acquire()
            self.running.add(key)
        if self.stop is None:
            return None
        self._release(key)
        return EarlyStop(id=key[0], epoch=key[1], reason=f"{self.stop.verdict} after {self._pairs()} pairs")

    def end(self, key: _Key, score: SampleScore | None) -> None:
        """Note that a sample has ended, scored or not."""
        self._release(key)
        if key not in self.places or key in self.ended:
            return
        self.ended.add(key)
        place = self.places[key]
        if score is not None and not math.isnan(score.score.as_float()):
            self.scored[place] += scored([score])
        if self.prefix.ended(place) > len(self.values) and self.stop is None:
            self._look()

    def told(self) -> dict[str, JsonValue]:
        """What the log keeps of the stop."""
        verdict = self.stop.verdict if self.stop else "inconclusive"
        return {"verdict": verdict, "pairs_used": self._pairs(), "observations": len(self.marks)}

    def _look(self) -> None:
        """Judge what has ended without a gap."""
        seen = len(self.values)
        self.values += [place_values(self.scored[n], self.direction) for n in range(seen, self.prefix.length)]
        known = [one for samples in self.scored for one in samples]
        if not known:
            return
        legs = leg_values(list(zip(self.marks, self.values, strict=False)), known[0].design.threat)
        mark = self.marks[0]
        found = first_stop(leg_evidence(legs, mark.delta, mark.alpha), self._has_room, start=seen)
        self.stop = found if found.verdict != "inconclusive" else None

    def _has_room(self, count: int) -> bool:
        samples = [one for place in self.scored[:count] for one in place]
        return room_guard(samples, self.room, self.marks[0].delta) == "ok"

    def _pairs(self) -> int:
        used = self.stop.observations if self.stop else len(self.values)
        return sum(one.pairs for one in self.values[:used])

    def _release(self, key: _Key) -> None:
        if key in self.running and self.slots:
            self.running.discard(key)
            self.slots.release()


_watch: ContextVar[_Watch | None] = ContextVar("unmask_sequential", default=None)
"""Of the run that the current samples belong to: one task may run on several models at once."""


class SequentialStopping:
    """Inspect's early stopping by opposed e-processes, for a task whose samples `scheduled_to_stop` has marked.

    Args:
        scorer: Name of the behaviour's score.
        direction: 1 where a rise under treatment is the threat, -1 where a fall is.
        room: What has to leave room for an effect, before its absence says anything.
    """

    def __init__(self, scorer: str, direction: int = 1, room: Room = "behaviour") -> None:
        self._scorer, self._direction, self._room = scorer, direction, room

    async def start_task(self, task: EvalSpec, samples: list[Sample], epochs: int) -> str:
        """Read the schedule of the samples that the run has."""
        slots = AT_ONCE if task.config.max_samples is None else 0
        _watch.set(_Watch(samples, epochs, self._scorer, self._direction, self._room, slots))
        return "unmask sequential"

    async def schedule_sample(self, id: str | int, epoch: int) -> EarlyStop | None:
        """Stop a sample that the verdict has no more need of."""
        watch = _watch.get()
        return await watch.admit((id, epoch)) if watch else None

    async def complete_sample(self, id: str | int, epoch: int, scores: Mapping[str, SampleScore]) -> None:
        """Note a sample that has ended, one that was taken over from an earlier log among them."""
        if watch := _watch.get():
            watch.end((id, epoch), scores.get(self._scorer))

    async def complete_task(self) -> dict[str, JsonValue]:
        """What the log keeps beside the samples that were stopped."""
        watch = _watch.get()
        _watch.set(None)
        return watch.told() if watch else {}


@hooks(name="unmask_sequential", description="Tells a sequential run of samples that ended in an error.")
class StoppingHook(Hooks):
    """Notes samples that ended without any score, of which Inspect's early stopping is not told."""

    async def on_sample_end(self, data: SampleEnd) -> None:
        """Let the schedule go on past an error."""
        watch, sample = _watch.get(), data.sample
        if watch and sample.error is not None and watch.scorer not in (sample.scores or {}):
            watch.end((sample.id, sample.epoch), None)
