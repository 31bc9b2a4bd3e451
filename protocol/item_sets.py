"""Where a track's items come from: the ladder, the bundled families, or a set of the user's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from inspect_ai.dataset import Sample

from unmask.protocol.calibration import BAND, Calibrated
from unmask.protocol.families import load_items
from unmask.protocol.items import Clustered
from unmask.protocol.sandbagging.arithmetic import LADDER, PROBES, ladder_levels, ladder_questions
from unmask.protocol.sources import Source, files_of, items_from, source
from unmask.protocol.tracks import Track

__all__ = ["ItemSet", "MakeSamples", "calibrated_source", "calibration_declared", "item_set"]


class MakeSamples(Protocol):
    """Makes samples of items."""

    def __call__(self, items: Sequence[Clustered], *, limit_items: int | None = None) -> list[Sample]:
        """Lay out items, or as many as the limit allows."""
        ...


@dataclass(frozen=True)
class ItemSet:
    """The items of a run."""

    items: tuple[Clustered, ...]
    files: list[Path]
    """The data files that they were read from."""

    ladder: bool
    """Whether they are drawn from the ladder of difficulty."""

    own: Source | None
    """The user's own set."""

    left_out: Sequence[str] = ()
    """What was wrong with rows of it that were left out."""

    def declared(self) -> dict[str, Any] | None:
        """The user's own set, for the log."""
        return {**self.own.model_dump(), "left_out": list(self.left_out)} if self.own else None


def item_set(folder: Path, track: Track, dataset: str | dict[str, Any] | None, each: int = 0, seed: int = 0) -> ItemSet:
    """Draw or read a track's items.

    Args:
        folder: The threat's folder of data.
        track: The track.
        dataset: A set of the user's own, as `unmask.protocol.sources.source` takes it.
        each: Items a rung, where they are drawn from the ladder.
        seed: Of what is drawn.

    Raises:
        ConfigurationError: On a fault in the data, or data that cannot be reached.
    """
    own = None if dataset is None else source(dataset, track.kind, folder)
    if own:
        rows = items_from(own)
        return ItemSet(rows.items, files_of(own), ladder=False, own=own, left_out=rows.left_out)
    if track.items == LADDER.stem:
        return ItemSet(ladder_questions(list(range(ladder_levels())), each, seed), [LADDER], ladder=True, own=None)
    families = folder / track.items
    return ItemSet(load_items(families, track.kind), sorted(families.glob("*.yaml")), ladder=False, own=None)


def calibrated_source(lay_out: MakeSamples, limit_items: int | None, each: int, seed: int) -> Calibrated:
    """Probe all rungs, then run as many questions as an uncalibrated run has on the rungs that were picked.

    A rung that has fewer different questions gives all that it has.

    Args:
        lay_out: Makes samples of questions; takes a `limit_items`.
        limit_items: How many questions the contrast has at most.
        each: Questions a rung of an uncalibrated run.
        seed: Of the questions; the probe has others.
    """
    rungs = list(range(ladder_levels()))
    total = each * len(rungs)
    probe = lay_out(ladder_questions(rungs, PROBES, seed + 1))
    return Calibrated(
        probe, lambda rungs: lay_out(ladder_questions(rungs, total // len(rungs), seed), limit_items=limit_items)
    )


def calibration_declared(calibrate: bool) -> dict[str, Any] | bool:
    """What a calibration is decided by, for the log; false where there is none."""
    return {"band": list(BAND), "probes_per_level": PROBES} if calibrate else False
