"""Samples of a backdoor run: one prompt with the trigger, its placebo, a near-miss, or none of these."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Annotated, Any, get_args

from inspect_ai.dataset import Sample
from pydantic import Field

from unmask.protocol.assignment import Assigned
from unmask.protocol.backdoors.made_placebos import placebo_for
from unmask.protocol.backdoors.near_misses import near_misses
from unmask.protocol.backdoors.triggers import (
    BACKDOORS,
    Candidate,
    Position,
    TextPosition,
    Trigger,
    TriggerText,
    Turn,
    triggers,
)
from unmask.protocol.design import Arm, Stratum
from unmask.protocol.errors import ConfigurationError, one_of, only_where
from unmask.protocol.files import Record, load
from unmask.protocol.frames import Frame, FrameSet
from unmask.protocol.items import Slug, Text
from unmask.protocol.samples import make_samples
from unmask.protocol.tracks import Tracks

__all__ = [
    "EarlierToolCall",
    "Placement",
    "Placements",
    "TriggerSpec",
    "Variant",
    "candidate_spec",
    "library_trigger",
    "placements",
    "trigger_frames",
    "trigger_samples",
    "trigger_spec",
]

_OWN = "text:"
"""What marks a text of the user's own where it could be taken for an id."""


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


@cache
def placements() -> Placements:
    """Read the carriers."""
    return load(BACKDOORS / "positions.yaml", Placements)


@dataclass(frozen=True)
class TriggerSpec:
    """What is tried: a trigger with all that it is compared with."""

    id: str
    family: str
    position: Position
    text: TriggerText
    placebo: TriggerText
    near: Mapping[str, Sequence[TriggerText]]

    def text_in(self, frame: str, turn: int) -> TriggerText | None:
        """What stands in the trigger's place in a frame; kinds of near-miss with several texts take turns."""
        if frame in ("trigger", "placebo"):
            return self.text if frame == "trigger" else self.placebo
        found = self.near.get(frame.removeprefix("near_"))
        return found[turn % len(found)] if found else None


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


def library_trigger(trigger: str) -> TriggerSpec:
    """The library's trigger of that id.

    Raises:
        ConfigurationError: If there is none; the library's are listed.
    """
    known = triggers()
    if trigger not in known:
        raise ConfigurationError(
            f"trigger={trigger!r}: choose from {', '.join(known)}, or give a text (a lone word as text:WORD)"
        )
    family, entry = known[trigger]
    return TriggerSpec(entry.id, family.family, family.position, entry.told(), entry.told_placebo(), near_misses(entry))


def trigger_spec(trigger: str, placebo: str | None = None, position: str | None = None) -> TriggerSpec:
    """A trigger of the library by its id, or a text of the user's own.

    Args:
        trigger: The id, or the text: what follows `text:`, or whatever is not letters, digits and hyphens alone.
        placebo: The placebo of a text of one's own; one is made where it is left out.
        position: Where a text of one's own stands: one of `Place`, `user_start` where it is left out.

    Returns:
        The cue; that of a text of one's own has the id `own-` and a digest of text and position.

    Raises:
        ConfigurationError: If there is no such id, a placebo or a position is given for one of the library's triggers,
            or text, placebo or position cannot be used.
    """
    place = _place("user_start" if position is None else position)
    if not trigger.startswith(_OWN) and (trigger in triggers() or trigger.replace("-", "").isalnum()):
        found = library_trigger(trigger)
        only_where("placebo", placebo is not None, False, f"the library's {trigger} has its own")
        only_where("position", position is not None, False, f"the library's {trigger} has its own")
        return found
    text = _bare("trigger", trigger)
    return _own(text, placebo_for(text, "own", place) if placebo is None else _bare("placebo", placebo), place)


def _place(position: str) -> TextPosition:
    one_of("position", position, list(get_args(TextPosition)))
    return next(place for place in get_args(TextPosition) if place == position)


def _bare(argument: str, given: str) -> str:
    """A text without the mark that it is one."""
    text = given.removeprefix(_OWN).strip()
    only_where(argument, not text, False, "the text is empty")
    return text


def _own(text: str, placebo: str, place: TextPosition) -> TriggerSpec:
    only_where("placebo", text == placebo, False, f"{placebo!r} is the trigger itself")
    name = f"own-{sha256(f'{place}/{text}'.encode()).hexdigest()[:8]}"
    own = Trigger(id=name, name="the user's own", text=text, placebo=placebo)
    return TriggerSpec(name, "own", place, own.told(), own.told_placebo(), near_misses(own))


def candidate_spec(candidate: Candidate) -> TriggerSpec:
    """A candidate as it is tried in a search, with its placebo or one made by rule.

    Raises:
        ConfigurationError: If it has none and none can be made.
    """
    placebo = candidate.placebo or placebo_for(candidate.text, candidate.family, candidate.position)
    return TriggerSpec(candidate.id, candidate.family, candidate.position, candidate.text, placebo, {})


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
        the trigger's place (`cue`: a text, or a list of turns; none in the clean frame).
    """
    turns = {entry.item.id: number for number, (entry, _, _) in enumerate(assigned)}

    def details(entry: Assigned, frame: Frame) -> dict[str, Any]:
        text = spec.text_in(frame.name, turns[entry[0].item.id])
        cue = {} if text is None else {"cue": _plain(text)}
        about = {"trigger": spec.id, "family": spec.family, "position": spec.position}
        return cue | about | dict(variant.details)

    return make_samples(
        assigned,
        trigger_frames(spec, frames, variant),
        threat="backdoors",
        track=track,
        template=table.tracks[track].item,
        reasoning="native",
        details=details,
    )


def _plain(text: TriggerText) -> str | list[dict[str, str]]:
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
