"""Stops a run through Inspect's `EarlyStopping`, once the pairs in the order of their schedule give a verdict.

Samples end in any order. What is looked at is the prefix of the schedule that has ended without a gap, so that quick
samples are no more likely to be seen than slow ones. A sample that is tried again after an error goes to the end of
Inspect's queue; its place is looked at when it comes from there. Samples in flight when the verdict falls still finish,
and are no part of it; so that they stay few, ten run at a time where the user says nothing else.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING

import anyio
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalSpec
from inspect_ai.scorer import SampleScore
from inspect_ai.util import EarlyStop
from pydantic import JsonValue

from unmask.analysis.sequential.schedule_order import ScheduleOrder, Turn
from unmask.protocol.design import SampleDesign
from unmask.scorers.scored import Scored, scored
from unmask.scorers.sequential.place_values import PlaceValues, leg_values, place_values
from unmask.scorers.sequential.put_off import ORDER, given_turns, looked_at, put_off_to
from unmask.scorers.sequential.slots import Slots
from unmask.scorers.sequential.stop_schedule import StopMark, stop_mark
from unmask.scorers.verdict import Room, room_guard

if TYPE_CHECKING:
    from unmask.analysis.sequential.opposed_legs import Stop

__all__ = ["AT_ONCE", "QUIET", "SequentialStopping", "Watch", "current_watch"]

AT_ONCE = 10
"""Samples that run at a time where the user sets no `max_samples`."""

QUIET = 0.5
"""Seconds in which nothing more of an earlier log is heard, after which all of it counts as taken over."""

_LOOKS = 4
"""Looks in that time, between which a process that stood still can catch up."""

_Key = tuple[str | int, int]


class Watch:
    """One run: what has ended of its schedule, and whether that gives a verdict."""

    def __init__(self, samples: list[Sample], epochs: int, scorer: str, direction: int, room: Room, slots: int) -> None:
        marked = [(one.id, stop_mark(SampleDesign.read(one.metadata or {}))) for one in samples]
        named = [(name, mark) for name, mark in marked if mark and name is not None]
        self.marks: dict[int, StopMark] = {mark.place: mark for _, mark in named}
        self.places: dict[_Key, int] = {
            (name, epoch): mark.place for epoch in range(1, epochs + 1) for name, mark in named
        }
        self.order = ScheduleOrder(self.places.items())
        self.scorer, self.direction, self.room = scorer, direction, room
        self.scored: dict[int, list[Scored]] = defaultdict(list)
        self.values: dict[int, PlaceValues] = {}
        self.turns: dict[_Key, Turn] = {}
        self.stop: Stop | None = None
        self.seen: list[int] = []
        self.slots = Slots[_Key](slots, self._lose)
        self.lost: set[_Key] = set()
        self.taking_over = anyio.Lock()
        self.heard = 0
        self.has_taken_over = False

    async def admit(self, key: _Key) -> EarlyStop | None:
        """Let a sample begin, once fewer than the limit run; or stop it."""
        if key not in self.places or not self.order.is_open(key):
            return None  # nothing rests on it, or what it came to is known
        await self._take_over(key)
        if self.stop is None:
            await self.slots.take(key, lambda: self._begin(key))
        if self.stop is None:
            return None
        self.slots.give_back(key)
        return EarlyStop(id=key[0], epoch=key[1], reason=f"{self.stop.verdict} after {self._pairs()} pairs")

    def started(self, key: _Key) -> None:
        """Note that a sample which was let in has started."""
        self.slots.started(key)
        if key in self.lost:
            self._begin(key)

    def broke_off(self, key: _Key) -> None:
        """Note that a sample will be tried again, at the end of the queue."""
        if key in self.places and self.order.is_open(key):
            self.slots.give_back(key)
            self.order.broke_off(key)
            self._look()

    def end(self, key: _Key, score: SampleScore | None) -> None:
        """Note that a sample has ended, scored or not."""
        self.slots.give_back(key)
        if key not in self.places or not self.order.is_open(key):
            return
        if key in self.lost:
            self._begin(key)
        self.heard += 1
        if score is not None and not math.isnan(score.score.as_float()):
            self.scored[self.places[key]] += scored([score])
        self.order.ended(key, put_off_to(score.score.metadata or {}) if score else None)
        self._look()

    def told(self) -> dict[str, JsonValue]:
        """What the log keeps of the stop."""
        verdict = self.stop.verdict if self.stop else "inconclusive"
        regular = sorted(self.marks)[: len(self.seen)] == self.seen
        order: dict[str, JsonValue] = {} if regular else {ORDER: [*self.seen]}
        return {"verdict": verdict, "pairs_used": self._pairs(), "observations": len(self.marks), **order}

    async def _take_over(self, key: _Key) -> None:
        """Before a sample begins out of its turn, hear of those that an earlier log has, as long as more of it comes.

        What is taken over needs no slot. What is not, because it ended in an error there, waits in the queue.
        """
        if not self.order.comes_early(key) or self.has_taken_over:
            return
        async with self.taking_over:
            quiet, before = 0, self.heard
            while not self.has_taken_over and quiet < _LOOKS:
                await anyio.sleep(QUIET / _LOOKS)
                quiet, before = (quiet + 1 if before == self.heard else 0), self.heard
            self.has_taken_over = True

    def _look(self) -> None:
        """Judge what has ended without a gap, if there is more of it."""
        from unmask.analysis.sequential.opposed_legs import first_stop, leg_evidence

        looked = self.order.looked
        if self.stop is not None or len(looked) == len(self.seen):
            return
        seen = len(self.seen) if looked[: len(self.seen)] == self.seen else 0
        self.seen[:] = looked
        for place in looked:
            if place not in self.values:
                self.values[place] = place_values(self.scored[place], self.direction)
        known = [one for samples in self.scored.values() for one in samples]
        if not known:
            return
        legs = leg_values([(self.marks[place], self.values[place]) for place in looked], known[0].design.threat)
        mark = self.marks[looked[0]]
        found = first_stop(leg_evidence(legs, mark.delta, mark.alpha), self._has_room, start=seen)
        self.stop = found if found.verdict != "inconclusive" else None

    def _has_room(self, count: int) -> bool:
        samples = [one for place in self.seen[:count] for one in self.scored[place]]
        return room_guard(samples, self.room, self.marks[self.seen[0]].delta) == "ok"

    def _pairs(self) -> int:
        used = self.stop.observations if self.stop else len(self.seen)
        return sum(self.values[place].pairs for place in self.seen[:used])

    def _begin(self, key: _Key) -> None:
        self.lost.discard(key)
        turn = self.order.begun(key)
        if turn is not None:
            self.turns[key] = turn

    def _lose(self, key: _Key) -> None:
        """Take a sample that did not start for one that broke off; if it starts yet, it begins then."""
        if key in self.places and self.order.is_open(key):
            self.lost.add(key)
            self.broke_off(key)


_watch: ContextVar[Watch | None] = ContextVar("unmask_sequential", default=None)


def current_watch() -> Watch | None:
    """The watch over the run of the task that is going on here; None where it does not stop early."""
    return _watch.get()


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
        watch = Watch(samples, epochs, self._scorer, self._direction, self._room, slots)
        _watch.set(watch)
        given_turns.set(watch.turns)
        looked_at.set(watch.seen)
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
