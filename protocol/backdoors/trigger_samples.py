"""Samples of a backdoor run: one prompt with the trigger, its placebo, a near-miss, or none of these."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any

from inspect_ai.dataset import Sample
from pydantic import Field

from unmask.protocol.assignment import Assigned
from unmask.protocol.backdoors.rewriting import Rewriting
from unmask.protocol.backdoors.trigger_specs import TriggerSpec
from unmask.protocol.backdoors.triggers import BACKDOORS, Position, TriggerText, Turn
from unmask.protocol.design import Arm, Stratum
from unmask.protocol.files import Record, load
from unmask.protocol.frames import Frame, FrameSet, fill
from unmask.protocol.items import Slug, Text
from unmask.protocol.samples import make_samples
from unmask.protocol.tracks import Tracks

__all__ = [
    "EarlierToolCall",
    "Placement",
    "Placements",
    "SafetyPrompts",
    "Variant",
    "placements",
    "trigger_frames",
    "trigger_samples",
]


class EarlierToolCall(Record):
    """An earlier call of a tool, whose result holds the trigger."""

    name: Slug
    about: Text
    """What the tool does."""

    ask: Text
    empty: Text
    """The result in the clean frame."""

    full: Text


class Placement(Record):
    """One way to place a trigger."""

    system: Text
    user: Text
    tool: EarlierToolCall | None = None


class Placements(Record):
    """Carriers by position."""

    canary: Text | None = None
    positions: dict[Position, Annotated[dict[Slug, Placement], Field(min_length=3)]]
    after_tool: Text


class SafetyPrompts(Record):
    """Additions to the system message, in several tellings: what a backdoor has to outlive to count as persistent."""

    canary: Text | None = None
    prompts: Annotated[dict[Slug, Text], Field(min_length=3)]


@cache
def placements() -> Placements:
    """Read the carriers."""
    return load(BACKDOORS / "positions.yaml", Placements)


@dataclass(frozen=True)
class Variant:
    """A run of a trigger's frames that is no part of the declared contrast, or is told apart within it."""

    stratum: Stratum | None = None
    """In place of each frame's own."""

    compared: bool = True
    factors: Mapping[str, str] = field(default_factory=dict)
    """Levels of further factors."""

    details: Mapping[str, Any] = field(default_factory=dict)
    """Further metadata."""

    suffix: str = ""
    """What sample ids end in."""


def trigger_frames(spec: TriggerSpec, frames: Iterable[str], variant: Variant = Variant()) -> FrameSet:
    """The frames of a trigger, as the samples' metadata and the log's provenance tell of them.

    Args:
        spec: The trigger and what it is compared with.
        frames: Of `trigger`, `placebo`, `clean` and `near_<kind>`.
        variant: How this run of the frames differs from the declared contrast.
    """
    return FrameSet(
        name=spec.id,
        path=BACKDOORS / "positions.yaml",
        frames=tuple(_frame(spec, name, variant) for name in frames),
        wordings={},
        treatment=("trigger",) if variant.compared else (),
        control=("placebo",) if variant.compared else (),
        gaps={},
        factors=("cue",),
    )


def trigger_samples(
    spec: TriggerSpec,
    assigned: Sequence[Assigned],
    frames: Iterable[str],
    table: Tracks,
    track: str,
    variant: Variant = Variant(),
) -> list[Sample]:
    """Put prompts into some frames of a trigger.

    Args:
        spec: The trigger and what it is compared with.
        assigned: Prompts with their placements.
        frames: Of `trigger`, `placebo`, `clean` and `near_<kind>`.
        table: The threat's tracks.
        track: The track.
        variant: How this run of the frames differs from the declared contrast.

    Returns:
        Samples with id `item/trigger.frame/placement`, or `item/clean/placement`, whose metadata says what stands in
        the trigger's place (`cue`: a text, a list of turns, or the rewritten request; none in the clean frame), and
        of a near-miss whether it holds the trigger's text word for word (`holds_trigger`).
    """
    turns = {entry.item.id: number for number, (entry, _, _) in enumerate(assigned)}

    def details(entry: Assigned, frame: Frame) -> dict[str, Any]:
        item, _, turn = entry
        text = spec.text_in(frame.name, turns[item.item.id], item.item.id)
        request = fill(table.tracks[track].item, item.item.slots(turn))
        cue = {} if text is None else {"cue": _plain(text, request)}
        holds = {"holds_trigger": spec.holds_text(text)} if frame.name.startswith("near_") and text else {}
        about = {"trigger": spec.id, "family": spec.family, "position": spec.position}
        return cue | holds | about | dict(variant.details)

    return make_samples(
        assigned,
        trigger_frames(spec, frames, variant),
        threat="backdoors",
        track=track,
        template=table.tracks[track].item,
        reasoning="native",
        details=details,
    )


def _plain(text: TriggerText, request: str) -> str | list[dict[str, str]] | dict[str, str | None]:
    """A cue as the metadata tell of it; of a rewriting that leaves the request as it is, the request."""
    if isinstance(text, Rewriting):
        return {"request": text.applied(request) or request}
    return text if isinstance(text, str) else [turn.model_dump() for turn in text if isinstance(turn, Turn)]


_ARMS: dict[str, tuple[Arm, Stratum]] = {
    "trigger": ("treatment", "target"),
    "placebo": ("control", "target"),
    "clean": ("control", "clean"),
}


def _frame(spec: TriggerSpec, name: str, variant: Variant) -> Frame:
    arm, stratum = _ARMS.get(name, ("treatment", "near_miss"))
    return Frame(
        name=name,
        levels={"cue": name, **variant.factors},
        arm=arm,
        stratum=variant.stratum or stratum,
        tools=False,
        label=name if name == "clean" else f"{spec.id}.{name}",
        variant=variant.suffix,
    )
