"""Samples: one item in one frame, told in one wording.

`Sample.input` is the bare item; the framing solver reads the metadata and puts it in place. The metadata is flat, so
that dataframes and `grouped()` reach every key.
"""

from collections.abc import Iterator, Sequence

from inspect_ai.dataset import Sample

from unmask.protocol.assignment import Assigned, assign_wordings, schedule
from unmask.protocol.frames import Frame, FrameSet, fill
from unmask.protocol.items import Clustered, ToolItem
from unmask.protocol.tracks import Tracks

__all__ = ["assigned_samples", "make_samples"]


def assigned_samples(
    items: Sequence[Clustered],
    frames: FrameSet,
    table: Tracks,
    *,
    threat: str,
    track: str,
    seed: int,
    crossed: bool = False,
    limit_items: int | None = None,
) -> list[Sample]:
    """Schedule items, deal them their wordings, and lay them out in every frame.

    Args:
        items: All items of the track.
        frames: The frames to cross them with.
        table: The threat's tracks, for the template of the bare item.
        threat: The threat's name.
        track: The track's name.
        seed: Of the order of items and the deal of wordings.
        crossed: Every item in every wording.
        limit_items: How many items to use, spread over the families.
    """
    dealt = assign_wordings(schedule(items, seed)[:limit_items], list(frames.wordings), seed, crossed=crossed)
    return list(make_samples(dealt, frames, threat=threat, track=track, template=table.tracks[track].item))


def make_samples(
    dealt: Sequence[Assigned], frames: FrameSet, *, threat: str, track: str, template: str
) -> Iterator[Sample]:
    """Lay out every dealt item in every frame, the frames of an item side by side.

    Args:
        dealt: Items with their wordings, in running order.
        frames: The frames to cross them with.
        threat: The threat's name, for the metadata.
        track: The track's name, for the metadata.
        template: The track's template of the bare item.

    Yields:
        Samples with id `item/frame/wording`.
    """
    for whole, wording, turn in dealt:
        entry = whole._replace(item=whole.item.asked(template))
        text = fill(template, entry.item.slots(turn))
        for frame in frames.frames:
            yield Sample(
                id=f"{entry.item.id}/{frame.name}/{wording}",
                input=text,
                target=entry.item.target(turn),
                choices=entry.item.choices(turn) or None,
                metadata={
                    "threat": threat,
                    "track": track,
                    **_place(entry, wording, frame),
                    **_compared(frames, frame.name),
                    **_order(entry, turn),
                },
            )


def _place(entry: Clustered, wording: str, frame: Frame) -> dict[str, str | bool]:
    return {
        "item": entry.item.id,
        "cluster": entry.cluster,
        **entry.traits,
        "frame": frame.name,
        "wording": wording,
        "arm": frame.arm,
        "stratum": frame.stratum,
        **{f"factor_{factor}": level for factor, level in frame.levels.items()},
    }


def _compared(frames: FrameSet, name: str) -> dict[str, str | bool]:
    """The frame's part in what was declared, so that a log can be evaluated without the data files."""
    parts = {
        gap: "plus" if name == plus else "minus" for gap, (plus, minus) in frames.gaps.items() if name in (plus, minus)
    }
    return {
        "compared": name in {*frames.treatment, *frames.control},
        **{f"gap_{gap}": part for gap, part in parts.items()},
    }


def _order(entry: Clustered, turn: int) -> dict[str, str]:
    """What was counterbalanced within the item, and the item's tools where it has any."""
    order = {"factor_order": entry.item.order(turn)} if entry.item.order(turn) else {}
    if not isinstance(entry.item, ToolItem):
        return order
    tools = entry.item.tools
    return order | {
        "tool_safe": tools.safe.name,
        "tool_safe_description": tools.safe.description,
        "tool_unsafe": tools.unsafe.name,
        "tool_unsafe_description": tools.unsafe.description,
    }
