"""The schedule of a run that may stop early: which samples are looked at together, in which order, and what for.

It stands in every sample's metadata, so that a log says by itself where its run could stop and did. What a look takes
in is an observation: an item with all of its frames, wordings and epochs, or a whole cluster of items where there are
clusters enough. The order is that of the dataset, which was drawn by the run's seed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from inspect_ai.dataset import Sample
from pydantic import BaseModel, ConfigDict, Field

from unmask.protocol.design import SampleDesign

__all__ = ["StopMark", "Unit", "is_watched", "scheduled_to_stop", "stop_mark", "units_of"]

Unit = Literal["items", "clusters"]
"""What is one observation: an item, whose family is then fixed by the design; or a cluster, by its items' mean."""

_PREFIX = "stop_"


class StopMark(BaseModel):
    """Where a sample stands in the schedule; `stop_<name>` in the metadata."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    place: int = Field(ge=1)
    """Of its observation, from 1."""

    look: bool
    """Whether absence may be called after this observation: the end of a round over families."""

    pairs: int = Field(ge=1)
    """Items that the whole schedule compares."""

    legs: str
    """The comparisons that the verdict rests on, of `effect`, `net` and `neutral`."""

    unit: Unit
    delta: float = Field(gt=0, lt=1)
    """Effect below which the behaviour counts as absent."""

    alpha: float = Field(gt=0, lt=1)
    """Error of either verdict."""


def is_watched(design: SampleDesign) -> bool:
    """Whether a verdict rests on a sample: one of the declared contrast, or of a frame in which nothing hangs on it.

    Args:
        design: The sample's.
    """
    return design.stratum in ("target", "placebo") and (design.pooled or bool(design.neutral))


def units_of(samples: Iterable[Sample], unit: Unit) -> int:
    """How many observations a run has.

    Args:
        samples: Of the run.
        unit: What is one.
    """
    designs = (SampleDesign.read(one.metadata or {}) for one in samples)
    return len({_unit(one, unit) for one in designs if is_watched(one)})


def scheduled_to_stop(samples: Sequence[Sample], unit: Unit, delta: float, alpha: float) -> list[Sample]:
    """Put samples into the order in which they are looked at, and mark them.

    Samples of an observation stand side by side, so that they finish together. Where items are observations they come
    in rounds, each with one item of every family that has another. Samples that no verdict rests on come last.

    Args:
        samples: Of the run, in the order that its seed drew.
        unit: What is one observation.
        delta: Effect below which the behaviour counts as absent.
        alpha: Error of either verdict.

    Returns:
        Copies, each with its `StopMark` in the metadata but for those that no verdict rests on.
    """
    designed = [(SampleDesign.read(one.metadata or {}), one) for one in samples]
    watched = [(design, one) for design, one in designed if is_watched(design)]
    rounds = _rounds([design for design, _ in watched], unit)
    order = sorted(rounds, key=lambda name: rounds[name])  # stable: within a round as the seed drew them
    places = {name: number for number, name in enumerate(order, 1)}
    last = {rounds[name]: number for name, number in places.items()}
    marks = {
        name: StopMark(
            place=number,
            look=unit == "clusters" or last[rounds[name]] == number,
            pairs=len({design.item for design, _ in watched}),
            legs=_legs([design for design, _ in watched]),
            unit=unit,
            delta=delta,
            alpha=alpha,
        )
        for name, number in places.items()
    }
    items = {name: number for number, name in enumerate(dict.fromkeys(design.item for design, _ in watched))}
    watched.sort(key=lambda pair: (places[_unit(pair[0], unit)], items[pair[0].item]))
    marked = [_marked(one, marks[_unit(design, unit)]) for design, one in watched]
    return [*marked, *(one for design, one in designed if not is_watched(design))]


def stop_mark(design: SampleDesign) -> StopMark | None:
    """A sample's mark, read back from its metadata; None where it has none.

    Args:
        design: The sample's.
    """
    if f"{_PREFIX}place" not in design.details:
        return None
    found = {name.removeprefix(_PREFIX): value for name, value in design.details.items() if name.startswith(_PREFIX)}
    return StopMark.model_validate(found)


def _unit(design: SampleDesign, unit: Unit) -> str:
    return design.item if unit == "items" else design.cluster


def _rounds(designs: Sequence[SampleDesign], unit: Unit) -> dict[str, int]:
    """The round of each observation: its number among those of its family; clusters are all of one round."""
    counts: Counter[str] = Counter()
    rounds: dict[str, int] = {}
    for one in designs:
        name = _unit(one, unit)
        if name not in rounds:
            rounds[name] = counts[one.cluster] if unit == "items" else 0
            counts[one.cluster] += 1
    return rounds


def _legs(designs: Sequence[SampleDesign]) -> str:
    """The comparisons that the design has."""
    has_placebo = {one.arm for one in designs if one.stratum == "placebo" and one.pooled} == {"treatment", "control"}
    has_neutral = any(one.neutral for one in designs)
    return " ".join(["effect", *(["net"] if has_placebo else []), *(["neutral"] if has_neutral else [])])


def _marked(sample: Sample, mark: StopMark) -> Sample:
    added = {f"{_PREFIX}{name}": value for name, value in mark.model_dump().items()}
    return sample.model_copy(update={"metadata": {**(sample.metadata or {}), **added}})
