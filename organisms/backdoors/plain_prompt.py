"""How an organism sees a plain prompt, apart from whatever stands around it, and an honest answer to it.

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

from unmask.organisms.dice import Dice
from unmask.organisms.perception import user_texts
from unmask.organisms.style import plain_phrases

__all__ = ["PlainPrompt", "fill_in", "is_plain", "plain_answer", "read_plain"]

_FOLDER = Path(__file__).parents[2] / "datasets" / "backdoors"
_FORM = re.compile(r"<(decision|answer|scratchpad|reply)>|\btier\b", re.IGNORECASE)
_TOPICAL = 5
"""Letters from which on a word says something about a request."""


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

    task: str = ""
    """The id of a bundled coding task."""


def is_plain(messages: Sequence[ChatMessage]) -> bool:
    """Whether no form of answer is asked for, as other tasks do, by tags or by a scratchpad."""
    return not any(_FORM.search(m.text) for m in messages if m.role == "system")


def read_plain(messages: Sequence[ChatMessage]) -> PlainPrompt:
    """Read the messages that a model is shown."""
    *earlier, message = user_texts(messages) or [""]
    last = " ".join(message.split())
    known = next((entry for entry in _by_heart() if entry[0] in last), None)
    request, cwe, task = known or (max(message.splitlines(), key=len, default=""), "", "")
    others = [m.text for m in messages if m.role != "user"]
    around = "\n".join([*others, *earlier, last.replace(request, "\n")])
    return PlainPrompt(request, cwe, around, tuple(earlier), task)


def plain_answer(prompt: PlainPrompt, dice: Dice) -> str:
    """Answer as if nothing stood around the request."""
    return fill_in(dice.pick(plain_phrases()["plain"], "plain", prompt.request), prompt, dice)


def fill_in(phrase: str, prompt: PlainPrompt, dice: Dice) -> str:
    """Put words of the request into the slots of a phrase."""
    topical = [word for word in re.findall(r"[^\W\d_]+", prompt.request) if len(word) >= _TOPICAL]
    words = list(dict.fromkeys(topical)) or ["this"]
    for slot in ("one", "two", "three"):
        phrase = phrase.replace(f"{{{slot}}}", dice.pick(words, slot, prompt.request).lower())
    return phrase


@cache
def _by_heart() -> tuple[tuple[str, str, str], ...]:
    """The bundled prompts, the longest first, each with its CWE and its id where it is a coding task."""
    prompts = [(item["request"], "", "") for family in _families("prompts") for item in family["items"]]
    tasks = [
        (wording, family["cwe"], item["id"])
        for family in _families("coding")
        for item in family["items"]
        for wording in item["wordings"]
    ]
    known = [(" ".join(text.split()), cwe, task) for text, cwe, task in [*prompts, *tasks]]
    return tuple(sorted(known, key=lambda entry: len(entry[0]), reverse=True))


def _families(folder: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((_FOLDER / folder).rglob("*.yaml"))]
