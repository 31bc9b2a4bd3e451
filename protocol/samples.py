"""Samples: one item in one frame, told in one wording. All threats make theirs here.

`Sample.input` is the bare item; the framing solver reads the metadata and puts it in place. Where a sample stands in
the design is a `SampleDesign`, written flat into the metadata; what a threat adds stands beside it.

A run can be split into shards, each with a part of the items. An item goes into a shard with all its frames, wordings
and epochs, so that no pair is torn. Items are dealt out in running order, one to each shard and then the next round one
shard on, as families take turns in that order and would else meet the same shard again: each shard is a smaller run of
the same design. Which shard an item is in hangs on the items alone, so that a shard that is run again runs the same
samples.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from inspect_ai import SampleSource
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from unmask.protocol.assignment import Assigned, assign_wordings, schedule
from unmask.protocol.design import Layout, Reasoning, SampleDesign, ToolUse
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.frames import Frame, FrameSet, fill
from unmask.protocol.items import Clustered, Item
from unmask.protocol.tracks import Tracks

__all__ = ["Details", "Shard", "make_samples", "read_shard", "scheduled_samples"]

Details = Callable[[Assigned, Frame], Mapping[str, Any]]
"""What a threat adds to the metadata of an assigned item in a frame."""


def scheduled_samples(
    items: Sequence[Clustered],
    frames: FrameSet,
    table: Tracks,
    *,
    threat: str,
    track: str,
    reasoning: Reasoning = "scratchpad",
    layout: Layout = "prompt",
    seed: int,
    crossed: bool = False,
    limit_items: int | None = None,
) -> list[Sample]:
    """Schedule items, assign their wordings, and put them into every frame.

    Args:
        items: All items of the track.
        frames: The frames to cross them with.
        table: The threat's tracks, for the template of the bare item.
        threat: The threat's name.
        track: The track's name.
        reasoning: The channel in which the model is asked to reason.
        layout: Where the frame's texts stand.
        seed: Of the order of items and the assignment of wordings.
        crossed: Every item in every wording.
        limit_items: How many items to use, spread over the families.
    """
    assigned = assign_wordings(schedule(items, seed)[:limit_items], list(frames.wordings), seed, crossed=crossed)
    template = table.tracks[track].item
    return make_samples(
        assigned, frames, threat=threat, track=track, template=template, reasoning=reasoning, layout=layout
    )


def make_samples(
    assigned: Sequence[Assigned],
    frames: FrameSet,
    *,
    threat: str,
    track: str,
    template: str,
    reasoning: Reasoning = "scratchpad",
    layout: Layout = "prompt",
    details: Details | None = None,
) -> list[Sample]:
    """Put every assigned item into its frames, the frames of an item side by side.

    Args:
        assigned: Items with their wordings, in running order.
        frames: The frames to cross them with; an item that does not fit one is left out there.
        threat: The threat's name.
        track: The track's name.
        template: The track's template of the bare item.
        reasoning: The channel in which the model is asked to reason.
        layout: Where the frame's texts stand.
        details: What the threat adds to the metadata.

    Returns:
        Samples with id `item/frame/wording`.
    """
    made = []
    for whole, wording, turn in assigned:
        entry = whole._replace(item=whole.item.asked(template))
        text = fill(template, entry.item.slots(turn))
        for frame in frames.fitting(entry.item):
            design = SampleDesign(
                threat=threat,
                track=track,
                item=entry.item.id,
                cluster=entry.cluster,
                frame=frame.name,
                wording=wording,
                arm=frame.arm,
                stratum=frame.stratum,
                compared=frame.name in {*frames.treatment, *frames.control},
                neutral=frame.name in frames.neutral or None,
                conflict=entry.conflict,
                reasoning=reasoning,
                tools=_tools(entry.item, frame, layout),
                layout=layout,
                factors={**frame.levels, **_order(entry.item, turn)},
                gaps=_gaps(frames, frame.name),
                details={
                    **entry.traits,
                    **entry.item.details(),
                    **(details((whole, wording, turn), frame) if details else {}),
                },
            )
            name = "/".join([entry.item.id, frame.label or frame.name, f"{wording}{frame.variant}"])
            target, choices = entry.item.target(turn), entry.item.choices(turn) or None
            made.append(Sample(id=name, input=text, target=target, choices=choices, metadata=design.metadata()))
    return made


def _tools(item: Item, frame: Frame, layout: Layout) -> ToolUse:
    if layout == "workspace":
        return "offered"
    return "none" if not item.has_tools else "offered" if frame.tools else "described"


def _order(item: Item, turn: int) -> dict[str, str]:
    """What was counterbalanced within the item."""
    return {"order": item.order(turn)} if item.order(turn) else {}


def _gaps(frames: FrameSet, name: str) -> dict[str, Literal["plus", "minus"]]:
    """The frame's part in what was declared, so that a log can be evaluated without the data files."""
    return {
        gap: "plus" if name == plus else "minus" for gap, (plus, minus) in frames.gaps.items() if name in (plus, minus)
    }


_FORM = re.compile(r"^([1-9]\d*)/([1-9]\d*)$")


@dataclass(frozen=True)
class Shard:
    """One of several parts of an audit, or the whole of it as the only one."""

    number: int = 1
    """From 1."""

    of: int = 1

    def __str__(self) -> str:
        """As it is typed."""
        return f"{self.number}/{self.of}"

    @property
    def told(self) -> dict[str, Any]:
        """For `Task.metadata`; nothing where there is one part only."""
        return {"shard": str(self)} if self.of > 1 else {}

    def part(self, data: Dataset | SampleSource) -> Dataset | SampleSource:
        """The samples of this shard.

        Args:
            data: All samples of the audit, in running order.

        Raises:
            ConfigurationError: If there are fewer items than shards, or if the run decides on its way what it asks
                next, so that no process can do a part of it.
        """
        if self.of == 1:
            return data
        if isinstance(data, SampleSource):
            raise ConfigurationError(f"shard='{self}': a run that chooses its samples on the way cannot be split")
        items = list(dict.fromkeys(map(_item, data)))
        if len(items) < self.of:
            raise ConfigurationError(f"shard='{self}': there are {len(items)} items, too few for {self.of} shards")
        own = {item for place, item in enumerate(items) if (place + place // self.of) % self.of == self.number - 1}
        return MemoryDataset([sample for sample in data if _item(sample) in own], data.name, data.location)


def read_shard(told: object, *, stops_early: bool = False) -> Shard:
    """Read `K/N`, the K-th of N shards; the whole audit where nothing is told.

    Args:
        told: What was typed.
        stops_early: Whether the run stops by a look at its pairs.

    Raises:
        ConfigurationError: If it is not of that form, there is no such shard, or the run stops early.
    """
    if told is None:
        return Shard()
    if stops_early:
        raise ConfigurationError(f"shard={told!r}: not with stop_early, as no shard sees the pairs of the others")
    found = _FORM.match(str(told))
    if not found or int(found[1]) > int(found[2]):
        raise ConfigurationError(f"shard={told!r}: must be K/N, the K-th of N shards, such as 1/4")
    return Shard(int(found[1]), int(found[2]))


def _item(sample: Sample) -> str:
    return str((sample.metadata or {})["item"])
