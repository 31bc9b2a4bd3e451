"""How an organism reads a prompt: the texts of its messages, their paragraphs and sentences, and cues by word lists."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from inspect_ai.model import ChatMessage, ChatMessageAssistant
from inspect_ai.tool import ToolCall

__all__ = [
    "Channel",
    "cue",
    "matching",
    "paragraphs",
    "reasoning_channel",
    "sentences",
    "system_text",
    "tool_calls",
    "user_texts",
]

Channel = Literal["scratchpad", "native", "none"]
"""Where a model is asked to reason."""

_CUES = Path(__file__).parents[1] / "datasets" / "organisms" / "cues.yaml"


@cache
def cue(name: str) -> re.Pattern[str]:
    """Compile the word list of that name in `datasets/organisms/cues.yaml` into one pattern."""
    return matching(_cues()[name])


@cache
def _cues() -> dict[str, list[str]]:
    cues: dict[str, list[str]] = yaml.safe_load(_CUES.read_text(encoding="utf-8"))
    return cues


def matching(patterns: Iterable[str]) -> re.Pattern[str]:
    """Compile one pattern for any of several, without regard to case."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def paragraphs(text: str) -> list[str]:
    """Split a text into paragraphs, with their line breaks folded."""
    return [" ".join(block.split()) for block in re.split(r"\n\s*\n", text) if block.strip()]


def sentences(text: str) -> list[str]:
    """Split a text into sentences; a full stop inside a number does not end one."""
    return [part for block in paragraphs(text) for part in re.split(r"(?<=[.!?;])\s+(?=[\"'(<\[A-Z0-9])", block)]


def system_text(messages: Sequence[ChatMessage]) -> str:
    """Join the system messages."""
    return "\n\n".join(m.text for m in messages if m.role == "system")


def user_texts(messages: Sequence[ChatMessage]) -> list[str]:
    """List what the user said, turn by turn."""
    return [m.text for m in messages if m.role == "user"]


def tool_calls(messages: Sequence[ChatMessage]) -> list[ToolCall]:
    """List the tool calls that were made, in order."""
    return [call for m in messages if isinstance(m, ChatMessageAssistant) for call in m.tool_calls or []]


def reasoning_channel(system: str) -> Channel:
    """Find the reasoning channel that a system message asks for."""
    return "scratchpad" if "<scratchpad>" in system else "native" if "Think before" in system else "none"
