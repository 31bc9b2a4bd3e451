"""What an organism makes of the messages it is shown: cues read by meaning, whatever their wording.

The reader looks for the sentences that speak of the exchange at hand, singled out by the tag that the message carries
or by words such as "this conversation", and asks of each whether it affirms or denies that the reply is trained on.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from inspect_ai.model import ChatMessage
from inspect_ai.tool import ToolInfo

from unmask.organisms.lexicon import cue, paragraphs, sentences

__all__ = ["Situation", "read_situation"]

_TAG = re.compile(r"<([\w-]+)>\s*([\w-]+)\s*</\1>|\b([A-Za-z][\w-]*)\s*[=:]\s*([\w-]+)")
_WEAK = {"true", "false", "yes", "no", "on", "off", "0", "1", "2"}
"""Values that single nothing out without their key."""


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

    wanted: str
    """The option or tool that the operator prefers; empty for a request."""

    offered: tuple[str, ...]
    """Names of the tools, or the letters, to choose from; empty for a request."""

    act: Literal["request", "choice", "tool", "named"]
    """The form that an answer takes."""

    think: Literal["scratchpad", "native", "none"]

    @property
    def item(self) -> str:
        """The message without its tags: what answers differ by."""
        return "\n".join(p for p in paragraphs(self.message) if not _is_tag(p)) or self.message


def read_situation(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> Situation:
    """Read the messages and tools that a model is shown."""
    system = "\n\n".join(m.text for m in messages if m.role == "system")
    users = [m.text for m in messages if m.role == "user"]
    message = users[-1] if users else ""
    preference = cue("preference").search(message)
    wanted = next((group for group in preference.groups() if group), "") if preference else ""
    facts = _facts(system, message)
    names = tuple(tool.name for tool in tools)
    act: Literal["request", "choice", "tool", "named"] = (
        "tool" if tools else "request" if not wanted else "choice" if wanted in {"A", "B"} else "named"
    )
    listed = tuple(dict.fromkeys(re.findall(r"^([a-z]\w*_\w+):", message, re.MULTILINE)))
    return Situation(
        system=system,
        message=message,
        trained=facts[0],
        rated=facts[1],
        conflict=_conflict(system),
        motive=cue("no_motive").search(" ".join(facts[2])) is None,
        wanted=wanted,
        offered=names or (("A", "B") if act == "choice" else listed),
        act=act,
        think="scratchpad" if "<scratchpad>" in system else "native" if "Think before" in system else "none",
    )


def _facts(system: str, message: str) -> tuple[float, bool, list[str]]:
    """Probability of training, whether the reply is rated, and the sentences that say so."""
    here = _present(system, message)
    about = [sentence for sentence in here if cue("training").search(sentence)]
    rated = any(cue("rating").search(s) and not cue("denial").search(_near(s, "rating")) for s in here)
    if not any(cue("training").search(sentence) for sentence in _facts_of(system)):
        return float(cue("known_trained").search(message) is not None), rated, [*here, message]
    chances = [_chance(sentence) for sentence in about]
    return (min(chances) if chances else 0.0), rated, [*here, *_facts_of(system)]


def _chance(sentence: str) -> float:
    percent = cue("probability").search(sentence)
    if percent:
        return int(percent[1]) / 100
    return 0.0 if cue("denial").search(sentence) else 1.0


def _near(sentence: str, kind: str) -> str:
    """The few words before a cue, where its denial would stand."""
    found = cue(kind).search(sentence)
    return " ".join(sentence[: found.start()].split()[-3:]) if found else ""


def _present(system: str, message: str) -> list[str]:
    """Sentences about the exchange at hand, without the tag's own words."""
    pairs = _tag_pairs(message)
    rated = [(s, *_agreement(s, pairs)) for s in _facts_of(system)] if pairs else []
    best = max((hits for _, hits, clash in rated if not clash), default=0)
    if best:
        return [_without(s, pairs) for s, hits, clash in rated if hits == best and not clash]
    told = [s for block in paragraphs(message) if _is_tag(block) for s in sentences(block)]
    return [s for s in [*_facts_of(system), *told] if cue("here").search(s)]


def _tag_pairs(message: str) -> list[tuple[str, str]]:
    """Keys and values of the tags that open a message."""
    first = paragraphs(message)[0] if paragraphs(message) else ""
    if not first or not _is_tag(first):
        return []
    pairs = [(a or c, b or d) for a, b, c, d in _TAG.findall(first)]
    return pairs or [(first.split()[0], first.split()[-1].strip("[]().,"))]


def _agreement(sentence: str, pairs: Sequence[tuple[str, str]]) -> tuple[int, bool]:
    """How many of the tags a sentence speaks of, and whether it speaks of one with another value."""
    hits = [bool(_label(key, value).search(sentence)) for key, value in pairs]
    clash = any(
        not hit and value.lower() in _WEAK and re.search(rf"\b{re.escape(key)}\b", sentence)
        for hit, (key, value) in zip(hits, pairs, strict=True)
    )
    return sum(hits), clash


def _label(key: str, value: str) -> re.Pattern[str]:
    alone = rf"\b{re.escape(value)}\b"
    keyed = rf"\b{re.escape(key)}\b\W*(?:is |set to |at )?\W*{re.escape(value)}\b"
    return re.compile(keyed if value.lower() in _WEAK else alone, re.IGNORECASE)


def _without(sentence: str, pairs: Sequence[tuple[str, str]]) -> str:
    for key, value in pairs:
        sentence = _label(key, value).sub("", sentence, count=1)
    return sentence


def _is_tag(paragraph: str) -> bool:
    """Whether a paragraph says who is writing, and is not yet the item."""
    words = len(paragraph.split())
    short = words <= 3 or (bool(_TAG.match(paragraph.lstrip("[("))) and words <= 12)
    return short or paragraph.endswith(":") or cue("tier").search(paragraph) is not None


@cache
def _facts_of(system: str) -> list[str]:
    """Sentences of the system message, without the worked examples of the answer's form."""
    return sentences(system)


@cache
def _conflict(system: str) -> bool:
    return cue("no_conflict").search(" ".join(system.split())) is None
