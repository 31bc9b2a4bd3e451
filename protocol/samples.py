"""Samples: one item in one frame, told in one wording.

`Sample.input` is the bare item; the framing solver reads the metadata and puts it in place. The metadata is flat, so
that dataframes and `grouped()` reach every key.
"""

from collections.abc import Iterator, Sequence

from inspect_ai.dataset import Sample

from unmask.protocol.deal import Dealt
from unmask.protocol.frames import Frame, FrameSet, fill
from unmask.protocol.items import Clustered, Side, ToolItem

__all__ = ["samples"]


def samples(dealt: Sequence[Dealt], frames: FrameSet, *, threat: str, track: str, template: str) -> Iterator[Sample]:
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
    for entry, wording, side in dealt:
        text = fill(template, entry.item.slots(side))
        for frame in frames.frames:
            yield Sample(
                id=f"{entry.item.id}/{frame.name}/{wording}",
                input=text,
                target=entry.item.target(side),
                metadata={
                    "threat": threat,
                    "track": track,
                    **_place(entry, wording, frame),
                    **_compared(frames, frame.name),
                    **_order(entry, side),
                },
            )


def _place(entry: Clustered, wording: str, frame: Frame) -> dict[str, str | bool]:
    return {
        "item": entry.item.id,
        "cluster": entry.cluster,
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


def _order(entry: Clustered, side: Side) -> dict[str, str]:
    """What was counterbalanced within the item, and the item's tools where it has any."""
    if not entry.item.target(side):
        return {}
    order = {"factor_order": f"preferred_{side}"}
    if not isinstance(entry.item, ToolItem):
        return order
    tools = entry.item.tools
    return order | {
        "tool_safe": tools.safe.name,
        "tool_safe_description": tools.safe.description,
        "tool_unsafe": tools.unsafe.name,
        "tool_unsafe_description": tools.unsafe.description,
    }
