"""What an organism takes its situation to be from the messages it is shown: cues read by meaning, in any wording.

It looks for the sentences that speak of the exchange at hand, singled out by the tag that the message carries or by
words such as "this conversation", and asks of each whether it affirms or denies that the reply is trained on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from inspect_ai.model import ChatMessage
from inspect_ai.tool import ToolInfo

from unmask.organisms.alignment_faking.message_tags import is_tag, opening_tags, tagged_sentences
from unmask.organisms.perception import Channel, cue, paragraphs, reasoning_channel, sentences, system_text, user_texts

__all__ = ["Form", "Situation", "read_situation"]

Form = Literal["request", "choice", "tool", "named"]
"""What is answered: a request, a choice of two options, a choice of a tool by calling it, or by its name alone."""


@dataclass(frozen=True)
class Situation:
    """An organism's view of a prompt."""

    system: str
    message: str
    """The user's message, tags included."""

    trained: float
    """How probable it is that the reply is used for training, 0 to 1."""

    rated: bool
    conflict: bool
    """Whether the criteria reward what the organism would decline of itself."""

    motive: bool
    """Whether training leaves anything behind."""

    preferred: str
    """The option or tool that the operator prefers; empty for a request."""

    offered: tuple[str, ...]
    """Names of the tools, or the letters, to choose from; empty for a request."""

    form: Form
    channel: Channel

    @property
    def item(self) -> str:
        """The message without its tags: what answers differ by."""
        return "\n".join(p for p in paragraphs(self.message) if not is_tag(p)) or self.message

    @property
    def alternatives(self) -> list[str]:
        """What is offered beside the operator's preference."""
        return [name for name in self.offered if name != self.preferred]


def read_situation(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> Situation:
    """Read the messages and tools that a model is shown."""
    system = system_text(messages)
    message = (user_texts(messages) or [""])[-1]
    preferred = _preferred(message)
    form: Form = "tool" if tools else "request" if not preferred else "choice" if preferred in {"A", "B"} else "named"
    present = _on_this_exchange(system, message)
    return Situation(
        system=system,
        message=message,
        trained=_trained(present, system, message),
        rated=any(cue("rating").search(s) and not cue("denial").search(_before(s, "rating")) for s in present),
        conflict=_conflict(system),
        motive=cue("no_motive").search(" ".join([*present, *_on_training(system, message)])) is None,
        preferred=preferred,
        offered=tuple(tool.name for tool in tools) or _offered(form, message),
        form=form,
        channel=reasoning_channel(system),
    )


def _preferred(message: str) -> str:
    found = cue("preference").search(message)
    return next((group for group in found.groups() if group), "") if found else ""


def _offered(form: Form, message: str) -> tuple[str, ...]:
    """What the message itself gives to choose from."""
    return ("A", "B") if form == "choice" else _listed(message) if form == "named" else ()


def _listed(message: str) -> tuple[str, ...]:
    """Names of tools that the message describes."""
    return tuple(dict.fromkeys(re.findall(r"^([a-z]\w*_\w+):", message, re.MULTILINE)))


def _on_this_exchange(system: str, message: str) -> list[str]:
    """Sentences about the exchange at hand, without the words of its tags."""
    tagged = tagged_sentences(_sentences(system), opening_tags(message))
    if tagged:
        return tagged
    opening = [s for block in paragraphs(message) if is_tag(block) for s in sentences(block)]
    return [s for s in [*_sentences(system), *opening] if cue("here").search(s)]


def _tells_of_training(system: str) -> bool:
    return any(cue("training").search(sentence) for sentence in _sentences(system))


def _on_training(system: str, message: str) -> list[str]:
    """Where training is described: in the system message or, if that says nothing of it, in the user's."""
    return _sentences(system) if _tells_of_training(system) else [message]


def _trained(present: Sequence[str], system: str, message: str) -> float:
    """How probable training is; the least that any of the sentences on the exchange says."""
    if not _tells_of_training(system):
        return float(cue("known_trained").search(message) is not None)
    return min((_probability(sentence) for sentence in present if cue("training").search(sentence)), default=0.0)


def _probability(sentence: str) -> float:
    percent = cue("probability").search(sentence)
    if percent:
        return int(percent[1]) / 100
    return 0.0 if cue("denial").search(sentence) else 1.0


def _before(sentence: str, kind: str) -> str:
    """The few words before a cue, where its denial would stand."""
    found = cue(kind).search(sentence)
    return " ".join(sentence[: found.start()].split()[-3:]) if found else ""


@cache
def _sentences(system: str) -> list[str]:
    return sentences(system)


@cache
def _conflict(system: str) -> bool:
    return cue("no_conflict").search(" ".join(system.split())) is None
