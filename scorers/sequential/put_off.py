"""Keeps in a score that its sample lost its turn and when it was looked at instead, so that a log tells it itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec

from inspect_ai.scorer import Score, Scorer, Target
from inspect_ai.solver import TaskState

from unmask.analysis.sequential.schedule_order import Turn

__all__ = ["ORDER", "as_looked_at", "given_turns", "looked_at", "put_off_to", "tells_its_turn"]

_KEY = "looked_at_after"

ORDER = "looked_at"
"""Under which name a log keeps the order of places with what else it keeps of the stop."""

_P = ParamSpec("_P")

given_turns: ContextVar[Mapping[tuple[str | int, int], Turn]] = ContextVar("unmask_turns", default={})  # noqa: B039
"""Of the run that the current sample belongs to: sample and epoch -> its turn, where it lost its own."""

looked_at: ContextVar[Sequence[int]] = ContextVar("unmask_looked_at", default=())
"""Places of the run whose scores are read, in the order in which it looked at them.

Scores alone do not tell it all: one that is unscored after another try is in no metric, and a sample that still waited
for its other try when the run stopped has none.
"""


@contextmanager
def as_looked_at(told: Mapping[str, Any]) -> Iterator[None]:
    """While it lasts, scores are read in the order in which their run looked at them.

    Args:
        told: What the log keeps of the stop; one that does not tell the order had that of the schedule.
    """
    token = looked_at.set([int(place) for place in told.get(ORDER) or ()])
    try:
        yield
    finally:
        looked_at.reset(token)


def put_off_to(notes: Mapping[str, Any]) -> Turn | None:
    """When a sample was looked at, where it lost its turn; else None, as where the note is redacted.

    Args:
        notes: Metadata of its score.
    """
    found = notes.get(_KEY)
    return (int(found[0]), int(found[1])) if isinstance(found, list | tuple) and found else None


def tells_its_turn(make: Callable[_P, Scorer]) -> Callable[_P, Scorer]:
    """Have a scorer note when a sample was looked at, where it was tried again and so lost its turn.

    Stands below `@scorer`. A log that is scored again has it from the sample's store.

    Args:
        make: Makes the scorer of the behaviour that a run can be stopped by.
    """

    @wraps(make)
    def made(*args: _P.args, **options: _P.kwargs) -> Scorer:
        inner = make(*args, **options)

        async def score(state: TaskState, target: Target) -> Score | None:
            found = await inner(state, target)
            turn = given_turns.get().get((state.sample_id, state.epoch)) or state.store.get(_KEY)
            if found is not None and turn:
                state.store.set(_KEY, list(turn))
                found.metadata = {**(found.metadata or {}), _KEY: list(turn)}
            return found

        return score

    return made
