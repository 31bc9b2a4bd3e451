"""Samples: one item in one frame, told in one wording. All threats make theirs here.

`Sample.input` is the bare item; the framing solver reads the metadata and puts it in place. Where a sample stands in
the design is a `SampleDesign`, written flat into the metadata; what a threat adds stands beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from inspect_ai.dataset import Sample

from unmask.protocol.assignment import Assigned, assign_wordings, schedule
from unmask.protocol.design import Layout, Reasoning, SampleDesign, ToolUse
from unmask.protocol.frames import Frame, FrameSet, fill
from unmask.protocol.items import Clustered, Item
from unmask.protocol.tracks import Tracks

__all__ = ["Details", "make_samples", "scheduled_samples"]

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
