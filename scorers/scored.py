"""Scored samples as metrics take them: the design read back from the metadata, the value, and what the scorer noted."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from inspect_ai.scorer import SampleScore

from unmask.protocol.design import SampleDesign

__all__ = ["Scored", "read_once", "scored"]

_read: ContextVar[list[tuple[object, list["Scored"]]] | None] = ContextVar("read", default=None)


@dataclass(frozen=True)
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


@contextmanager
def read_once() -> Iterator[None]:
    """While it lasts, the same list of scores is read once, however many metrics take it."""
    token = _read.set([])
    try:
        yield
    finally:
        _read.reset(token)


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
    found = [
        Scored(SampleDesign.read(one.sample_metadata or {}), one.score.as_float(), one.score.metadata or {})
        for one in scores
    ]
    if known is not None:
        known.append((scores, found))
    return list(found)
