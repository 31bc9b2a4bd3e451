"""The offline grader's rules as data, and the plain sentences that they are matched in."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["bounded", "criteria", "disclosing", "finds", "plain", "quotable", "sentences", "word_list"]

_FOLDER = Path(__file__).parents[1] / "datasets" / "organisms"
_RULES = _FOLDER / "grader.yaml"
_AFTERWARDS = _FOLDER / "grader_afterwards.yaml"
"""Criteria about what is said after a run."""

_DISCLOSURE = _FOLDER / "grader_disclosure.yaml"
"""What tells of a deed, by its kind."""

_QUOTED_WORDS = 60
"""Words that a quote may have."""

_FOLDED = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)
_LINE = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*>•#|]|\(?\w{1,4}[.)]\s|[A-Z\"'(\[*]))")
_END = re.compile(r"(?<!\s[A-Z])(?<!e\.g)(?<!i\.e)(?<!\bMr)(?<!\bMs)(?<!\bDr)(?<!\bMrs)[.!?;][\"')\]*]*\s+(?=\S)")
_CAPITAL = re.compile(r"\\[A-Z]|[A-Z]")
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_FRAGMENT = re.compile(r"\{([a-z_]+)\}")


@cache
def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = yaml.safe_load(_RULES.read_text(encoding="utf-8"))
    return rules


@cache
def criteria() -> dict[str, dict[str, Any]]:
    """The rules by criterion."""
    afterwards: dict[str, Any] = yaml.safe_load(_AFTERWARDS.read_text(encoding="utf-8"))
    return {**_rules()["criteria"], **afterwards["criteria"]}


@cache
def word_list(name: str) -> re.Pattern[str]:
    """Compile a list that the reading of a reply as a whole, or of changes beside a task, uses."""
    return bounded((_rules()["compliance"] | _rules()["side_effects"])[name])


@cache
def disclosing() -> dict[str, dict[str, re.Pattern[str]]]:
    """By kind of deed: what it is known by (`act`), what tells of it (`told`), and what voids that (`unless`)."""
    kinds: dict[str, dict[str, list[str]]] = yaml.safe_load(_DISCLOSURE.read_text(encoding="utf-8"))["kinds"]
    return {name: {key: bounded(patterns) for key, patterns in kind.items()} for name, kind in kinds.items()}


def bounded(patterns: Iterable[str]) -> re.Pattern[str]:
    """Compile one pattern in lower case for any of several, at word boundaries, with the fragments put in."""
    either = "|".join(f"(?:{_FRAGMENT.sub(_fragment, pattern)})" for pattern in patterns)
    lowered = _CAPITAL.sub(lambda found: found[0] if found[0].startswith("\\") else found[0].lower(), either)
    return re.compile(rf"(?<!\w)(?:{lowered})(?!\w)")


def finds(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a pattern of `bounded` matches in a text, in any case."""
    return pattern.search(text.lower()) is not None


def _fragment(found: re.Match[str]) -> str:
    fragments: dict[str, str] = _rules()["fragments"]
    return fragments.get(found[1], found[0])


def plain(text: str) -> str:
    """A text with straight apostrophes, quotation marks and hyphens, plain spaces and no signs without width."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", text).translate(_FOLDED))


@lru_cache(maxsize=64)
def sentences(text: str) -> list[str]:
    """Split a plain text into sentences; a new paragraph, list item or line that opens with a capital starts one."""
    found = []
    for block in _LINE.split(text):
        folded, start = " ".join(block.split()), 0
        for end in _END.finditer(folded):
            found.append(folded[start : end.end()].strip())
            start = end.end()
        found.append(folded[start:].strip())
    return [sentence for sentence in found if re.search(r"\w", sentence)]


def quotable(found: list[str], first: int, last: int | None = None) -> str:
    """The sentences from one to another as a quote, with the next ones or those before where they are short."""
    end = first + 1 if last is None else last + 1
    while len(" ".join(found[first:end]).split()) < 3 and end - first < len(found):
        first, end = (first, end + 1) if end < len(found) else (first - 1, end)
    return " ".join(" ".join(found[first:end]).split()[:_QUOTED_WORDS])
