"""The reasoning channel, read back: what a model thought, decided and said, and in what state each part arrived.

Tags are read in upper case and with attributes; a tag left open whose end is clear, because the next part begins or
the answer is over, is closed there, and `<think>` stands for a scratchpad where there is none. What is not clear is a
status that scorers see and is never repaired by a guess. Released research code scored a missing closing tag as "not
faking".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from inspect_ai.model import ChatMessageAssistant, ContentReasoning, ModelOutput

from unmask.protocol.design import Reasoning
from unmask.solvers.stop_reasons import CUT_OFF, why_stopped

__all__ = ["Answer", "Part", "Status", "parse", "read_answer"]

Status = Literal["ok", "missing", "unclosed", "unopened", "repeated", "empty"]


_KEPT = 256
"""Texts whose parts are kept, as every scorer of a sample reads the same ones."""


@dataclass(frozen=True)
class Part:
    """One tagged part of an answer."""

    status: Status
    text: str = ""
    """The part's text where the status is `ok`; empty otherwise."""

    closed: bool = True
    """Whether the tags were whole; false where the end was told by what follows."""


@dataclass(frozen=True)
class Answer:
    """A model's answer, taken apart."""

    reasoning: Part
    """From the scratchpad, or from the provider's reasoning content; `missing` where there is none."""

    decision: Part
    reply: Part
    text: str
    """What was said outside the scratchpad, tags included."""

    truncated: bool
    """Whether the answer was cut off."""

    def statuses(self) -> dict[str, str]:
        """Parse status of each part, for a score's metadata."""
        parts = {"reasoning": self.reasoning, "decision": self.decision, "reply": self.reply}
        found = {name: part.status if part.closed else f"{part.status}, left open" for name, part in parts.items()}
        return {**found, "truncated": str(self.truncated).lower()}


@lru_cache(maxsize=_KEPT)
def parse(text: str, tag: str, *, over: bool = False) -> Part:
    """Read the part between `<tag>` and `</tag>`.

    Args:
        text: The text.
        tag: The tag's name.
        over: Whether the text is known to be complete, so that a tag left open ends where the next part begins, with
            the line for a short part, or with the text.
    """
    opens, closes = list(_opening(tag).finditer(text)), list(_closing(tag).finditer(text))
    if not opens:
        return Part("repeated" if len(closes) > 1 else "unopened" if closes else "missing")
    between = re.compile(f"{_opening(tag).pattern}(.*?){_closing(tag).pattern}", _FLAGS)
    pieces = [piece.strip() for piece in between.findall(text)]
    if len(opens) > 1 or len(closes) > 1:
        same = len(opens) == len(closes) == len(pieces) and len(set(pieces)) == 1
        return Part("ok", pieces[0]) if same and pieces[0] else Part("repeated")
    if not pieces:
        rest = text[opens[0].end() :].strip()
        return Part("ok", _to_its_end(rest, tag), closed=False) if over and not closes and rest else Part("unclosed")
    return Part("ok", pieces[0]) if pieces[0] else Part("empty")


_FLAGS = re.DOTALL | re.IGNORECASE
_THOUGHT = ("scratchpad", "think", "thinking")
_SPOKEN = ("decision", "reply", "answer")
_SHORT = ("decision", "answer")


@cache
def _opening(tag: str) -> re.Pattern[str]:
    return re.compile(rf"<\s*{tag}(?:\s[^<>]*)?>", _FLAGS)


@cache
def _closing(tag: str) -> re.Pattern[str]:
    return re.compile(rf"<\s*/\s*{tag}\s*>", _FLAGS)


def _to_its_end(rest: str, tag: str) -> str:
    """What a part that was left open holds: up to the next part, or for a short one to the end of its line."""
    ends = [found.start() for name in _SPOKEN if (found := _opening(name).search(rest))]
    held = rest[: min(ends, default=len(rest))].strip()
    return held.splitlines()[0].strip() if tag in _SHORT and held else held


@lru_cache(maxsize=_KEPT)
def _whole(text: str) -> str:
    """The text with its scratchpad's tags in plain form, and whole where it is clear where the missing one belongs.

    It is clear where one tag stands alone: a closing one closes what stands before it, an opening one is over where the
    last part of the answer begins.
    """
    tag = next((name for name in _THOUGHT if _opening(name).search(text) or _closing(name).search(text)), None)
    if tag is None:
        return text
    plain = _closing(tag).sub("</scratchpad>", _opening(tag).sub("<scratchpad>", text))
    opens, closes = plain.count("<scratchpad>"), plain.count("</scratchpad>")
    if (opens, closes) == (0, 1):
        return f"<scratchpad>{plain}"
    start = _last_answer(plain) if (opens, closes) == (1, 0) else -1
    return f"{plain[:start]}</scratchpad>{plain[start:]}" if start > plain.find("<scratchpad>") else plain


def _last_answer(text: str) -> int:
    """Where the last answer begins: its decision, or its reply or answer where there is none; -1 without one."""
    places = [[found.start() for found in _opening(tag).finditer(text)] for tag in _SPOKEN]
    return next((starts[-1] for starts in places if starts), -1)


def read_answer(
    output: ModelOutput, reasoning: Reasoning | None, earlier: Sequence[ChatMessageAssistant] = ()
) -> Answer:
    """Take a model's output apart.

    Args:
        output: The output; one without choices reads as an empty answer.
        reasoning: The channel that the model was asked to use; None where nobody knows, and a scratchpad goes before
            the provider's reasoning.
        earlier: The model's turns before this one, as it worked with tools; its reasoning is all that could be read.
    """
    turns = [*earlier, *([output.message] if output.choices else [])]
    written = reasoning == "scratchpad" or (reasoning is None and any("scratchpad>" in turn.text for turn in turns))
    truncated = why_stopped(output) in CUT_OFF
    said = _outside(_whole(output.completion))
    return Answer(
        reasoning=_joined([_thought(message, written) for message in turns]),
        decision=parse(said, "decision", over=not truncated),
        reply=parse(said, "reply", over=not truncated),
        text=said.strip(),
        truncated=truncated,
    )


@lru_cache(maxsize=_KEPT)
def _tags(text: str) -> int:
    """How many tags of a scratchpad, under any of its names, a text has."""
    return sum(len(pattern(tag).findall(text)) for pattern in (_opening, _closing) for tag in _THOUGHT)


def _thought(message: ChatMessageAssistant, written: bool) -> Part:
    """What a turn shows of the model's reasoning: in its scratchpad, by the provider, or between tags of its own."""
    whole = _whole(message.text)
    in_text, native = parse(whole, "scratchpad"), _native(message)
    if in_text.status == "ok" and _tags(whole) > _tags(message.text):
        in_text = Part("ok", in_text.text, closed=False)
    first, second = (in_text, native) if written else (native, in_text)
    return second if first.status == "missing" and second.status == "ok" else first


@lru_cache(maxsize=_KEPT)
def _outside(text: str) -> str:
    """What no scratchpad tag opens before or closes after.

    Where a tag is missing or nested, what may be thought is left out: it must never pass for speech.
    """
    pieces = ["</scratchpad>", *re.split("(</?scratchpad>)", text), "<scratchpad>"]
    return "".join(
        piece
        for before, piece, after in zip(pieces[:-1:2], pieces[1::2], pieces[2::2], strict=True)
        if before == "</scratchpad>" and after == "<scratchpad>"
    )


def _joined(parts: list[Part]) -> Part:
    """The last turn's state, or all that could be read in the turns."""
    read = [part for part in parts if part.status == "ok"]
    whole = "\n\n".join(part.text for part in read)
    return Part("ok", whole, all(part.closed for part in read)) if read else parts[-1] if parts else Part("missing")


def _native(message: ChatMessageAssistant) -> Part:
    content = message.content
    blocks = [] if isinstance(content, str) else [c for c in content if isinstance(c, ContentReasoning)]
    text = "\n".join(b.summary or "" if b.redacted else b.reasoning for b in blocks).strip()
    if text:
        return Part("ok", text)
    return Part("empty") if blocks else Part("missing")
