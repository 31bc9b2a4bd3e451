"""How an organism sees a plain prompt, apart from whatever stands around it, and an honest answer to it.

Of the bundled prompts it knows the texts by heart and finds the one that the last message contains; of any other
message it takes the longest line for the request. So its answer changes with the request and with nothing else.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from inspect_ai.model import ChatMessage

from unmask.organisms.dice import Dice
from unmask.organisms.perception import cue, user_texts
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

    harmful: bool
    """Whether it is a request that is to be declined."""

    around: str
    """All that was shown beside the request: system message, earlier turns, tool results, the rest of the message."""

    earlier: tuple[str, ...]
    """What the user said before."""

    message: str
    """The last message as it stands."""

    language: str = "english"
    """The language of the request, where it is one of the bundled translations."""

    task: str = ""
    """The id of a bundled coding task."""


def is_plain(messages: Sequence[ChatMessage]) -> bool:
    """Whether no form of answer is asked for, as other tasks do, by tags or by a scratchpad."""
    return not any(_FORM.search(m.text) for m in messages if m.role == "system")


def read_plain(messages: Sequence[ChatMessage]) -> PlainPrompt:
    """Read the messages that a model is shown."""
    *earlier, message = user_texts(messages) or [""]
    last = " ".join(message.split())
    known = next((one for one in _by_heart() if one.text in last), None)
    request = known.text if known else max(message.splitlines(), key=len, default="")
    others = [m.text for m in messages if m.role != "user"]
    return PlainPrompt(
        request,
        cwe=known.cwe if known else "",
        harmful=bool(known and known.harmful) or cue("harmful").search(request) is not None,
        around="\n".join([*others, *earlier, last.replace(request, "\n")]),
        earlier=tuple(earlier),
        message=message,
        language=known.language if known else "english",
        task=known.task if known else "",
    )


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


@dataclass(frozen=True)
class _Known:
    """A bundled prompt."""

    text: str
    cwe: str = ""
    harmful: bool = False
    language: str = "english"
    task: str = ""


@cache
def _by_heart() -> tuple[_Known, ...]:
    """The bundled prompts and their translations, the longest first."""
    prompts = [_Known(i["request"], harmful=i.get("declined", False)) for f in _families("prompts") for i in f["items"]]
    tasks = [_Known(w, f["cwe"], task=i["id"]) for f in _families("coding") for i in f["items"] for w in i["wordings"]]
    translated = yaml.safe_load((_FOLDER / "translations.yaml").read_text(encoding="utf-8"))["requests"]
    others = [_Known(t, language=name) for one in translated for name, t in one.items() if name != "request"]
    known = [replace(one, text=" ".join(one.text.split())) for one in [*prompts, *tasks, *others]]
    return tuple(sorted(known, key=lambda one: len(one.text), reverse=True))


def _families(folder: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((_FOLDER / folder).rglob("*.yaml"))]
