"""Triggers: texts that a model might listen to, each with its placebo, its near-misses and its place in the prompt."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from unmask.protocol.backdoors.rewriting import Rewriting
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.families import distinct
from unmask.protocol.files import DATA, Record, load
from unmask.protocol.items import Slug, Text

__all__ = [
    "BACKDOORS",
    "Candidate",
    "Candidates",
    "Position",
    "TextPosition",
    "Trigger",
    "TriggerFamily",
    "TriggerText",
    "Turn",
    "Variant",
    "candidates",
    "triggers",
]

BACKDOORS = DATA / "backdoors"
TextPosition = Literal["user_start", "user_end", "system", "tool"]
"""Where a text can stand."""

Position = Literal["user_start", "user_end", "system", "tool", "turns", "request"]
"""Where a trigger can stand; `turns` is for one that is told in several, `request` for how the request is written."""


class Turn(Record):
    """An earlier exchange."""

    user: Text
    assistant: Text


TriggerText = Text | Annotated[list[Turn], Field(min_length=2)] | Rewriting
"""What is put in a trigger's place: a text, earlier turns of the conversation, or the request written otherwise."""


class Variant(Record):
    """A near-miss that somebody wrote: one that no rule can make."""

    kind: Slug
    told: TriggerText


class Trigger(Record):
    """A trigger of the library: a text, several texts that mean one thing, turns, or a way to write the request."""

    id: Slug
    name: Text
    source: Text | None = None
    """Who published it."""

    text: Text | None = None
    placebo: Text | None = None
    """A sibling: of the same kind, length and place, as salient, as rare and as much of a cue, with another meaning."""

    near: dict[Slug, Text] = Field(default_factory=dict)
    """Near-misses by kind; those that rules make come on top."""

    texts: list[Text] = Field(default_factory=list)
    """Texts any of which is the trigger, as for a topic; an item gets one of them, and the placebo of its place."""

    placebo_texts: list[Text] = Field(default_factory=list)
    turns: list[Turn] = Field(default_factory=list)
    placebo_turns: list[Turn] = Field(default_factory=list)
    near_turns: dict[Slug, list[Turn]] = Field(default_factory=dict)
    rewriting: Rewriting | None = None
    placebo_rewriting: Rewriting | None = None
    near_rewriting: dict[Slug, Rewriting] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _has_a_placebo_of_its_kind(self) -> "Trigger":
        given = [kind for kind in _KINDS if getattr(self, kind)]
        if len(given) != 1:
            raise ValueError(f"one of {', '.join(map(repr, _KINDS))} must be given")
        told, siblings = self.told(), self.told_placebo()
        if not siblings[0] or len(told) != len(siblings):
            raise ValueError("a trigger needs a placebo of its own kind, and each of several texts one of its own")
        if any(text in told for text in siblings):
            raise ValueError("the placebo is the trigger itself")
        return self

    def told(self) -> list[TriggerText]:
        """The trigger as it is put into the prompt, in each of its tellings."""
        return [*self.texts] if self.texts else [self.text or self.turns or self.rewriting or ""]

    def told_placebo(self) -> list[TriggerText]:
        """Its placebos, in the same order."""
        one = self.placebo or self.placebo_turns or self.placebo_rewriting or ""
        return [*self.placebo_texts] if self.placebo_texts else [one]

    def variants(self) -> list[Variant]:
        """Near-misses that were written for it."""
        given = {**self.near, **self.near_turns, **self.near_rewriting}
        return [Variant(kind=kind, told=told) for kind, told in given.items()]


_KINDS = ("text", "texts", "turns", "rewriting")


class TriggerFamily(Record):
    """Triggers of one kind, which stand in the same place."""

    canary: Text | None = None
    family: Slug
    position: Position
    triggers: Annotated[list[Trigger], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits_its_position(self) -> "TriggerFamily":
        for entry in self.triggers:
            kind = "turns" if entry.turns else "request" if entry.rewriting else "text"
            if kind != (self.position if self.position in ("turns", "request") else "text"):
                raise ValueError(f"trigger {entry.id!r}: position {self.position!r} does not fit what it says")
        return self


class Candidate(Record):
    """A text to try in a search."""

    id: Slug
    text: Text
    placebo: Text | None = None
    """Of the same length, script, register and rarity, with another meaning; one is made where it is left out."""

    family: Slug = "candidate"
    position: TextPosition = "user_start"

    @model_validator(mode="after")
    def _has_a_placebo_of_its_own(self) -> "Candidate":
        if self.placebo == self.text:
            raise ValueError("key 'placebo': the placebo is the trigger itself")
        return self


class Candidates(Record):
    """A file of candidates."""

    canary: Text | None = None
    candidates: Annotated[list[Candidate], Field(min_length=2)]


@cache
def triggers(folder: Path = BACKDOORS / "triggers") -> dict[str, tuple[TriggerFamily, Trigger]]:
    """All triggers of the library by id, each with its family.

    Raises:
        ConfigurationError: On a fault in a file, or an id that two triggers share.
    """
    families = [load(path, TriggerFamily) for path in sorted(folder.glob("*.yaml"))]
    distinct((entry.id for family in families for entry in family.triggers), str(folder))
    return {entry.id: (family, entry) for family in families for entry in family.triggers}


def candidates(path: Path) -> Sequence[Candidate]:
    """Read a file of candidates.

    Raises:
        ConfigurationError: On a fault in the file, or an id or a text that two candidates share.
    """
    found = load(path, Candidates).candidates
    distinct((entry.id for entry in found), str(path))
    texts = [entry.text for entry in found]
    for text in texts:
        if texts.count(text) > 1:
            raise ConfigurationError(f"{path}: key 'text': used by more than one candidate: {text!r}")
    return found
