"""The reasoning channel, read back: what a model thought, decided and said, and in what state each part arrived.

A tag that is missing, doubled or left open is a status that scorers see; it is never repaired by a guess.
Released research code scored a missing closing tag as "not faking".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from inspect_ai.model import ChatMessageAssistant, ContentReasoning, ModelOutput

from unmask.protocol.design import Reasoning

__all__ = ["Answer", "Part", "Status", "parse", "read_answer"]

Status = Literal["ok", "missing", "unclosed", "unopened", "repeated", "empty"]


@dataclass(frozen=True)
class Part:
    """One tagged part of an answer."""

    status: Status
    text: str = ""
    """The part's text where the status is `ok`; empty otherwise."""


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
    """Whether the provider cut the answer off."""

    def statuses(self) -> dict[str, str]:
        """Parse status of each part, for a score's metadata."""
        return {
            "reasoning": self.reasoning.status,
            "decision": self.decision.status,
            "reply": self.reply.status,
            "truncated": str(self.truncated).lower(),
        }


def parse(text: str, tag: str) -> Part:
    """Read the part between `<tag>` and `</tag>`."""
    opens, closes = len(re.findall(f"<{tag}>", text)), len(re.findall(f"</{tag}>", text))
    if opens == closes == 0:
        return Part("missing")
    if opens > 1 or closes > 1:
        return Part("repeated")
    if opens == 0:
        return Part("unopened")
    found = re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    if found is None:
        return Part("unclosed")
    content = found[1].strip()
    return Part("ok", content) if content else Part("empty")


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
    said = _outside(output.completion)
    turns = [*earlier, *([output.message] if output.choices else [])]
    written = reasoning == "scratchpad" or (reasoning is None and any("scratchpad>" in turn.text for turn in turns))
    return Answer(
        reasoning=_joined([parse(m.text, "scratchpad") if written else _native(m) for m in turns]),
        decision=parse(said, "decision"),
        reply=parse(said, "reply"),
        text=said.strip(),
        truncated=bool(output.choices) and output.stop_reason in {"max_tokens", "model_length"},
    )


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
    texts = [part.text for part in parts if part.status == "ok"]
    return Part("ok", "\n\n".join(texts)) if texts else parts[-1] if parts else Part("missing")


def _native(message: ChatMessageAssistant) -> Part:
    content = message.content
    blocks = [] if isinstance(content, str) else [c for c in content if isinstance(c, ContentReasoning)]
    text = "\n".join(b.summary or "" if b.redacted else b.reasoning for b in blocks).strip()
    if text:
        return Part("ok", text)
    return Part("empty") if blocks else Part("missing")
