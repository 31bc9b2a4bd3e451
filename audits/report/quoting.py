"""Reads the chosen transcripts, whole, and turns them into what a page may show: plain text, cut where it is long."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from inspect_ai.log import EvalSample, read_eval_log_sample
from inspect_ai.model import ChatMessage, ChatMessageAssistant
from inspect_ai.scorer import Score

from unmask.audits.report.evidence import Pick
from unmask.audits.report.results import Evidence, Told
from unmask.audits.report.visible_text import Clipped, clipped, visible

__all__ = ["Quote", "Said", "quote_of", "viewer_link"]

_MOST_MESSAGES = 12
_MOST_CHARACTERS = 24_000
"""Of a transcript; a quarter at most goes to one part of a message."""

_MOST_EXPLAINED = 1200
_HEAVY = {"events", "store", "events_data", "timelines"}
"""Fields of a sample that no quotation needs."""


@dataclass(frozen=True)
class Said:
    """A part of a message."""

    who: str
    """Its role, and what it is where it is not plain text."""

    text: Clipped


@dataclass(frozen=True)
class Quote:
    """A transcript as it is quoted."""

    evidence: Evidence
    said: Sequence[Said]
    left_out: int
    """Messages left out of the middle."""

    after: int
    """How many of the parts come before what was left out."""

    served: str | None


def quote_of(log: str, pick: Pick) -> Quote:
    """Read a transcript.

    Args:
        log: Where the log lies.
        pick: The sample.
    """
    sample = read_eval_log_sample(log, pick.id, pick.epoch, resolve_attachments="core", exclude_fields=_HEAVY)
    head, tail = _ends(sample.messages)
    first, last = _parts(head), _parts(tail)
    left_out = len(sample.messages) - len(head) - len(tail)
    return Quote(_evidence(log, pick, sample), [*first, *last], left_out, len(first), sample.output.model or None)


def viewer_link(log: str, sample: str, epoch: int) -> str:
    """A relative link into a viewer that `inspect view bundle --output-dir viewer` makes.

    Args:
        log: Where the log lies; it is found there by its file name.
        sample: The sample's id.
        epoch: Its epoch.
    """
    name = quote(log.rpartition("/")[2], safe="")
    return f"viewer/index.html#/logs/{name}/samples/sample/{quote(sample, safe='')}/{epoch}/"


def _evidence(log: str, pick: Pick, sample: EvalSample) -> Evidence:
    told = sample.metadata
    names = {key: str(told.get(key, "-")) for key in ("item", "frame", "arm")}
    return Evidence(
        side=pick.side,
        why=pick.why,
        sample=str(pick.id),
        epoch=pick.epoch,
        partner=pick.partner,
        partner_value=pick.partner_value,
        link=viewer_link(log, str(pick.id), pick.epoch),
        scores=[_told(name, score) for name, score in sorted((sample.scores or {}).items()) if name != "design"],
        **names,
    )


def _told(name: str, score: Score) -> Told:
    probability = (score.metadata or {}).get("probability")
    explained = clipped(visible(score.explanation or ""), _MOST_EXPLAINED)
    lost = isinstance(score.value, float) and math.isnan(score.value)
    return Told(
        scorer=name,
        value=None if lost else score.value,
        probability=float(probability) if isinstance(probability, int | float) else None,
        reason=str(score.reason) if score.reason else None,
        explanation=explained.head + ("..." + explained.tail if explained.left_out else "") or None,
    )


def _ends(messages: Sequence[ChatMessage]) -> tuple[Sequence[ChatMessage], Sequence[ChatMessage]]:
    """The first and the last messages, where there are too many."""
    if len(messages) <= _MOST_MESSAGES:
        return messages, []
    half = _MOST_MESSAGES // 2
    return messages[:half], messages[-half:]


def _parts(messages: Sequence[ChatMessage]) -> list[Said]:
    texts = [(who, text) for one in messages for who, text in _texts(one) if text]
    most = _MOST_CHARACTERS // max(4, len(texts))
    return [Said(who, clipped(text, most)) for who, text in texts]


def _texts(message: ChatMessage) -> list[tuple[str, str]]:
    role, content = message.role, message.content
    told: list[tuple[str, str]] = (
        [(role, content)] if isinstance(content, str) else [_content(role, part) for part in content]
    )
    if isinstance(message, ChatMessageAssistant):
        told += [(f"{role}, calls {call.function}", _json(call.arguments)) for call in message.tool_calls or []]
    return told


def _content(role: str, part: Any) -> tuple[str, str]:
    if part.type == "text":
        return role, part.text
    if part.type == "reasoning":
        return f"{role}, reasoning", part.reasoning or part.summary or ""
    return f"{role}, {part.type}", f"[{part.type}]"


def _json(arguments: Any) -> str:
    return json.dumps(arguments, ensure_ascii=False, indent=1, default=str)
