"""Scored samples as metrics take them: the design read back from the metadata, the value, and what the scorer noted."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar
from weakref import ref

from inspect_ai.scorer import SampleScore, Value

from unmask.protocol.design import SampleDesign

__all__ = ["Scored", "made_once", "read_once", "scored"]

_KEPT = 20_000
"""Scores whose reading is kept for as long as they are; beyond that a run is long, and memory dearer than time."""

_T = TypeVar("_T")

_made: ContextVar[dict[Hashable, Any] | None] = ContextVar("made", default=None)

_read: ContextVar[list[tuple[object, list["Scored"]]] | None] = ContextVar("read", default=None)


@dataclass(frozen=True, slots=True)
class Scored:
    """One scored sample."""

    design: SampleDesign
    value: float
    notes: Mapping[str, Any]
    """The score's own metadata."""

    @property
    def set_aside(self) -> bool:
        """Whether the scorer says that the sample is no evidence of a propensity."""
        return "set_aside" in self.notes


class _Kept(NamedTuple):
    """A score that was read, as it was then."""

    one: "ref[SampleScore]"
    value: Value
    metadata: dict[str, Any] | None
    found: Scored


_DESIGNS = 5_000
"""Samples whose design is kept, also when their run is over."""

_kept: dict[int, _Kept] = {}
_designs: dict[int | str | None, tuple[dict[str, Any], SampleDesign]] = {}


@contextmanager
def read_once() -> Iterator[None]:
    """While it lasts, the same list of scores is read once, however many metrics take it."""
    tokens = _read.set([]), _made.set({})
    try:
        yield
    finally:
        _read.reset(tokens[0])
        _made.reset(tokens[1])


def made_once(scores: object, name: Hashable, make: Callable[[], _T]) -> _T:
    """What several metrics make of the same scores; made once while `read_once` lasts, else anew.

    Args:
        scores: As Inspect hands them to a metric.
        name: What is made, with all that it depends on.
        make: Makes it.
    """
    known = _made.get()
    if known is None:
        return make()
    key = (id(scores), name)
    if key not in known:
        known[key] = make()
    found: _T = known[key]
    return found


def scored(scores: Iterable[SampleScore]) -> list[Scored]:
    """Read scores, with the samples' designs.

    Args:
        scores: As Inspect hands them to a metric.

    Raises:
        ConfigurationError: If a sample's metadata do not hold to the contract.
    """
    known = _read.get()
    for given, found in known or []:
        if given is scores:
            return list(found)
    found = [_scored(one) for one in scores]
    if known is not None:
        known.append((scores, found))
    return list(found)


def _scored(one: SampleScore) -> Scored:
    """Read one, or take what was read before: while a run goes on, the same scores are put to metrics every second."""
    kept, score = _kept.get(id(one)), one.score
    if kept is not None and kept.one() is one and kept.metadata is score.metadata and kept.value == score.value:
        return kept.found
    found = Scored(_design(one), score.as_float(), score.metadata or {})
    if len(_kept) < _KEPT:
        number = id(one)
        _kept[number] = _Kept(ref(one, lambda _: _kept.pop(number, None)), score.value, score.metadata, found)
    return found


def _design(one: SampleScore) -> SampleDesign:
    """A sample's design, which all of its scores share."""
    told = one.sample_metadata or {}
    before, found = _designs.get(one.sample_id, ({}, None))
    if found is None or before != told:
        found = SampleDesign.read(told)
        if len(_designs) >= _DESIGNS:
            _designs.clear()
        _designs[one.sample_id] = told, found
    return found
