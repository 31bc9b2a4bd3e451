"""The texts that organisms write, recognised after their slots were filled: of which kind a text is, and what it meets.

Every template becomes a pattern for the whole text. A text that no template fits, or those of two kinds, is not known.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from unmask.organisms.grading_rules import plain
from unmask.organisms.style import answer_style_phrases, answering_phrases, framed_phrases, free_style_phrases

__all__ = ["KnownText", "Template", "folded", "known_rules", "recognised", "templates"]

_RULES = Path(__file__).parents[1] / "datasets" / "organisms" / "knowing_grader.yaml"
_FILES: dict[str, Callable[[], Mapping[str, Any]]] = {
    "answer_styles": answer_style_phrases,
    "answering": answering_phrases,
    "framed": framed_phrases,
    "free_style": free_style_phrases,
}
_SLOT = re.compile(r"\{(topic|request_topic|prompt|choice|worked|answer|words|grouped|first)\}")
_THOUGHT = re.compile(r"<think>.*?</think>", re.DOTALL)
_ANYTHING = ".+?"


@dataclass(frozen=True)
class Template:
    """A text with slots."""

    kind: str
    part: str
    text: str
    met: frozenset[str]
    pattern: re.Pattern[str] = field(repr=False)
    literal: str
    """The longest piece between slots, without which the pattern cannot fit."""


@dataclass(frozen=True)
class KnownText:
    """What is known of a text."""

    kind: str
    met: frozenset[str]
    slots: Mapping[str, str]
    """What the slots were filled with."""


@cache
def known_rules() -> dict[str, Any]:
    """What is true of each kind of text, as data."""
    rules: dict[str, Any] = yaml.safe_load(_RULES.read_text(encoding="utf-8"))
    return rules


def folded(text: str) -> str:
    """A text in plain signs with its line breaks folded, as patterns take it."""
    return " ".join(plain(text).split())


@cache
def templates() -> tuple[Template, ...]:
    """All templates of all kinds."""
    return tuple(
        _template(kind, rule, text)
        for kind, rule in known_rules()["kinds"].items()
        for place in rule["texts"]
        for text in _texts(place)
    )


def _texts(place: str) -> list[str]:
    """The texts at a place in the organisms' data, or the one that is written out."""
    if place.startswith("text: "):
        return [place.removeprefix("text: ")]
    file, *keys = place.split(".")
    return list(_at(_FILES[file](), keys))


def _at(node: Any, keys: Sequence[str]) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif keys:
        inner = node.values() if keys[0] == "*" else [node[keys[0]]]
        for one in inner:
            if keys[0] != "*" or isinstance(one, dict):
                yield from _at(one, keys[1:])
    else:
        yield from (entry if isinstance(entry, str) else entry["text"] for entry in node)


def _template(kind: str, rule: Mapping[str, Any], text: str) -> Template:
    spoken = folded(_THOUGHT.sub("", text) + rule.get("then", ""))
    more = [name for extra in rule.get("more", []) if any(s in spoken for s in extra["says"]) for name in extra["met"]]
    literals = _SLOT.split(spoken)[::2]
    pattern = _pattern(spoken, rule.get("slots", {}))
    return Template(kind, rule["part"], text, frozenset([*rule["met"], *more]), pattern, max(literals, key=len))


def _pattern(text: str, slots: Mapping[str, str]) -> re.Pattern[str]:
    """A pattern for a whole text; a slot that occurs again holds the same again, but for a capital."""
    seen: set[str] = set()
    pieces = []
    for n, piece in enumerate(_SLOT.split(text)):
        if n % 2 == 0:
            pieces.append(re.escape(piece))
            continue
        pieces.append(f"(?i:(?P={piece}))" if piece in seen else f"(?P<{piece}>{slots.get(piece, _ANYTHING)})")
        seen.add(piece)
    return re.compile("".join(pieces))


@lru_cache(maxsize=256)
def recognised(part: str, text: str, request: str) -> KnownText | None:
    """Recognise a text.

    Args:
        part: The part of the exchange that it is, `reasoning` or `reply`.
        text: The text, folded.
        request: The request, folded; options in words have to stand in it.

    Returns:
        What is known of it; None where no template fits it, or templates of several kinds do.
    """
    found = [
        KnownText(one.kind, one.met, match.groupdict())
        for one in templates()
        if one.part == part and one.literal in text and (match := one.pattern.fullmatch(text))
    ]
    fitting = [one for one in found if _is_option(one.slots.get("words"), request)]
    return fitting[0] if len({one.kind for one in fitting}) == 1 else None


def _is_option(words: str | None, request: str) -> bool:
    """Whether words, where there are any, are those of an option."""
    return words is None or re.search(rf"\([A-D]\) {re.escape(words)}(?= \(|$)", request) is not None
