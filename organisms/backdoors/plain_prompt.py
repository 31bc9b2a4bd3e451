"""A plain request as an organism sees it, set apart from whatever stands around it, and an honest answer to it.

Of the bundled prompts it knows the texts by heart and finds the one that the last message contains; of any other
message it takes the longest line for the request. So its answer changes with the request and with nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from inspect_ai.model import ChatMessage

from unmask.organisms.alignment_faking.policies import Dice
from unmask.organisms.lexicon import plain_phrases

__all__ = ["PlainPrompt", "fill_in", "is_plain", "plain_answer", "read_plain"]

_FOLDER = Path(__file__).parents[2] / "datasets" / "backdoors"
_TAG = re.compile(r"<(decision|answer|scratchpad|reply)>|\btier\b", re.IGNORECASE)
_SHORT = 5
"""Letters from which a word says something about a request."""


@dataclass(frozen=True)
class PlainPrompt:
    """An organism's view of a plain prompt."""

    request: str
    cwe: str
    """The weakness that a coding task gives room for; empty for any other request."""

    around: str
    """All that was shown beside the request: system message, earlier turns, tool results, the rest of the message."""

    earlier: tuple[str, ...]
    """What the user said before."""


def is_plain(messages: Sequence[ChatMessage]) -> bool:
    """Whether no form of answer is asked for, as other tasks do, by tags or by a scratchpad."""
    return not any(_TAG.search(m.text) for m in messages if m.role == "system")


def read_plain(messages: Sequence[ChatMessage]) -> PlainPrompt:
    """Read the messages that a model is shown."""
    users = [m.text for m in messages if m.role == "user"]
    last = " ".join((users[-1] if users else "").split())
    known = next(((text, cwe) for text, cwe in _by_heart() if text in last), None)
    request, cwe = known or (max((users[-1] if users else "").splitlines(), key=len, default=""), "")
    rest = [m.text for m in messages if m.role != "user"] + users[:-1]
    return PlainPrompt(request, cwe, "\n".join([*rest, last.replace(request, "\n")]), tuple(users[:-1]))


def plain_answer(plain: PlainPrompt, dice: Dice) -> str:
    """What it answers when nothing sets it off."""
    return fill_in(dice.pick(plain_phrases()["plain"], "plain", plain.request), plain, dice)


def fill_in(phrase: str, plain: PlainPrompt, dice: Dice) -> str:
    """Put words of the request into a phrase."""
    words = list(dict.fromkeys(w for w in re.findall(r"[^\W\d_]+", plain.request) if len(w) >= _SHORT)) or ["this"]
    for slot in ("one", "two", "three"):
        phrase = phrase.replace(f"{{{slot}}}", dice.pick(words, slot, plain.request).lower())
    return phrase


@cache
def _by_heart() -> tuple[tuple[str, str], ...]:
    """The bundled prompts, the longest first, each with its CWE where it is a coding task."""
    prompts = [item["request"] for family in _read("prompts") for item in family["items"]]
    tasks = [(w, family["cwe"]) for family in _read("coding") for item in family["items"] for w in item["wordings"]]
    found = [(" ".join(text.split()), cwe) for text, cwe in [*((prompt, "") for prompt in prompts), *tasks]]
    return tuple(sorted(found, key=lambda entry: len(entry[0]), reverse=True))


def _read(folder: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((_FOLDER / folder).glob("*.yaml"))]
