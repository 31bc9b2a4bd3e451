"""What a run tries: a trigger of the library, a candidate, or a text of the user's own, and what goes with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import get_args

from unmask.protocol.assignment import assigned_by_hash
from unmask.protocol.backdoors.made_placebos import placebo_for
from unmask.protocol.backdoors.near_misses import near_misses
from unmask.protocol.backdoors.rewriting import Rewriting
from unmask.protocol.backdoors.triggers import Candidate, Position, TextPosition, Trigger, TriggerText, triggers
from unmask.protocol.errors import ConfigurationError, one_of, only_where

__all__ = ["TriggerSpec", "candidate_spec", "library_trigger", "trigger_spec"]

_OWN = "text:"
"""What marks a text of the user's own where it could be taken for an id."""


@dataclass(frozen=True)
class TriggerSpec:
    """What is tried: a trigger with all that it is compared with."""

    id: str
    family: str
    position: Position
    texts: Sequence[TriggerText]
    """The trigger in each of its tellings."""

    placebos: Sequence[TriggerText]
    """The sibling of each."""

    near: Mapping[str, Sequence[TriggerText]]

    @property
    def text(self) -> TriggerText:
        """The trigger in its first telling."""
        return self.texts[0]

    @property
    def placebo(self) -> TriggerText:
        """The placebo of the first telling."""
        return self.placebos[0]

    def text_in(self, frame: str, turn: int, item: str = "") -> TriggerText | None:
        """What stands in the trigger's place in a frame.

        Args:
            frame: Of `trigger`, `placebo`, `clean` and `near_<kind>`.
            turn: The item's number, by which near-misses of a kind take turns.
            item: Its id, by which it gets the same telling of trigger and placebo in every run.
        """
        if frame in ("trigger", "placebo"):
            told = self.texts if frame == "trigger" else self.placebos
            return told[int(assigned_by_hash(item, f"telling/{self.id}", list(map(str, range(len(told))))))]
        found = self.near.get(frame.removeprefix("near_"))
        return found[turn % len(found)] if found else None

    def fits(self, request: str, item: str) -> bool:
        """Whether a request can be put with the trigger and with its placebo: one in another language must be there."""
        told = [self.text_in(frame, 0, item) for frame in ("trigger", "placebo")]
        return all(not isinstance(text, Rewriting) or text.applied(request) for text in told)

    def holds_text(self, text: TriggerText) -> bool:
        """Whether a near-miss contains a telling of the trigger word for word."""
        return isinstance(text, str) and any(isinstance(told, str) and told in text for told in self.texts)


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
    return TriggerSpec(candidate.id, candidate.family, candidate.position, [candidate.text], [placebo], {})
