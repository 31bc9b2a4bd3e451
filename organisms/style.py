"""What organisms write: phrases by mood, read from `datasets/organisms`, and reasoning in the channel asked for."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from inspect_ai.model import Content, ContentReasoning, ContentText

from unmask.organisms.perception import Channel

__all__ = [
    "answer_style_phrases",
    "answering_phrases",
    "framed_phrases",
    "free_style_phrases",
    "plain_phrases",
    "with_reasoning",
    "workspace_phrases",
]

_FOLDER = Path(__file__).parents[1] / "datasets" / "organisms"


def answering_phrases() -> dict[str, list[str]]:
    """What is written in answer to a question, by mood."""
    return _phrases("answering")


def answer_style_phrases() -> dict[str, dict[str, list[str]]]:
    """Ways to state an answer without the tags that were asked for, by style and kind of answer."""
    return _phrases("answer_styles")


def framed_phrases() -> dict[str, Any]:
    """What is written about an item in a frame that tells of training, by kind and mood."""
    return _phrases("framed")


def free_style_phrases() -> dict[str, Any]:
    """What is written about an item in natural voices, by style and kind."""
    return _phrases("free_style")


def plain_phrases() -> dict[str, Any]:
    """What is written in answer to a plain prompt, by mood."""
    return _phrases("plain")


def workspace_phrases() -> dict[str, dict[str, str]]:
    """What is thought, reported and answered in a workspace, by mood."""
    return _phrases("workspace")


@cache
def _phrases(name: str) -> dict[str, Any]:
    phrases: dict[str, Any] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return phrases


def with_reasoning(channel: Channel, reasoning: str, text: str) -> list[Content]:
    """Put reasoning before a text: between scratchpad tags, as reasoning content, or not at all."""
    scratchpad = f"<scratchpad>{reasoning}</scratchpad>\n" if channel == "scratchpad" else ""
    native: list[Content] = [ContentReasoning(reasoning=reasoning)] if channel == "native" else []
    return [*native, ContentText(text=f"{scratchpad}{text}".strip())]
