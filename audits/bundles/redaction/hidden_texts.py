"""Hides texts behind markers, and whatever repeats them.

A text that is hidden in one place may stand in another: a grader quotes a scratchpad, a report repeats a thought. So
what is to be shown is looked at too: it is hidden as well where it holds a hidden text in whole, or shares eight words
in a row with one and these words were not shown before.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from inspect_ai.model import ModelOutput
from pydantic_core import to_jsonable_python

from unmask.audits.bundles.redaction.redaction_policy import Keys, inside
from unmask.solvers.reasoning import read_answer

__all__ = ["HiddenTexts", "Hider", "strings"]

SHORTEST = 12
"""Characters of a hidden text that is looked for elsewhere; shorter ones, such as `yes`, stand in many texts."""

_RUN = 8
_WORD = re.compile(r"\w+")
_CODE = 100
_THOUGHT = ("reasoning", "thinking", "scratchpad")
_NAME = re.compile(rf"[\w.:/-]{{1,{_CODE}}}")


Runs = set[tuple[str, ...]]
"""Runs of words."""


class HiddenTexts:
    """The texts that are hidden in one place and may stand in others."""

    def __init__(self) -> None:
        self.texts: set[str] = set()
        self._runs: Runs = set()
        self._known: dict[str, Runs] = {}

    def add(self, text: str, shown: Runs) -> None:
        """Remember a text.

        Args:
            text: The text.
            shown: Runs of words that were shown before.
        """
        plain = _plain(text)
        if len(plain) >= SHORTEST:
            self.texts.add(plain)
            self._runs |= self.runs(text) - shown

    def runs(self, text: str) -> Runs:
        """All runs of eight words in a text.

        Args:
            text: The text.
        """
        if text not in self._known:
            words = [word.lower() for word in _WORD.findall(text)]
            self._known[text] = {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}
        return self._known[text]

    def repeated_in(self, text: str, shown: Runs) -> bool:
        """Whether a text holds one of these, or much of it.

        Args:
            text: The text.
            shown: Runs of words that were shown before.
        """
        plain = _plain(text)
        return any(one in plain for one in self.texts) or not (self.runs(text) & self._runs) <= shown


class Hider:
    """Goes through one sample, or one log's header, in order, and keeps a record of what it hides."""

    def __init__(
        self, salt: bytes, place: tuple[str | int, ...], hidden: HiddenTexts, *, reasoning: bool = True
    ) -> None:
        self._salt, self._place, self.hidden, self._reasoning = salt, place, hidden, reasoning
        self._shown: Runs = set()
        self._said: set[str] = set()
        self.names: set[str] = set()
        """Ids and codes, which are shown and are no texts."""

        self.ledger: list[dict[str, Any]] = []

    def text(self, shown: bool, field: str, text: str, *, prompt: bool = False) -> str:
        """A text, or a marker in its place; of one with a scratchpad what is said outside, where reasoning is hidden.

        Args:
            shown: Whether the policy shows it.
            field: Where it stands.
            text: The text.
            prompt: Whether it is a prompt, where a scratchpad is asked for and none is kept.
        """
        if not text:
            return text
        if not shown:
            return self.hide(field, text)
        if self._reasoning or prompt:
            return self._unless_repeated(field, text)
        answer = read_answer(ModelOutput.from_content("", text), "scratchpad")
        if answer.reasoning.status == "missing":
            return self._unless_repeated(field, text)
        if answer.reasoning.status != "ok":
            return self.hide(field, text, why="reasoning")
        marker = self.hide(field, text, why="reasoning", secret=answer.reasoning.text)
        return f"{marker}\n\n{self._unless_repeated(f'{field}.said', answer.text)}"

    def _unless_repeated(self, field: str, text: str) -> str:
        if text and self.hidden.repeated_in(text, self._shown):
            return self.hide(field, text, why="repeats hidden text")
        self._shown |= self.hidden.runs(text)
        self._said.add(_plain(text))
        return text

    def hide(
        self, field: str, value: Any, *, why: str = "policy", secret: str | None = None, derived: bool = False
    ) -> str:
        """A marker for a value, with its salted digest, which goes into the ledger.

        Args:
            field: Where it stands.
            value: A text, or any value that JSON can hold.
            why: The reason.
            secret: The part of it that may stand nowhere else; all of it where none is given.
            derived: Whether it was made of the conversation, as a grader's quotes are: what it repeats of texts that
                are shown is no secret.
        """
        for part in [secret] if secret is not None else strings(value):
            known = part in self.names or (derived and any(_plain(part) in one for one in self._said))
            if not known:
                self.hidden.add(part, self._shown)
        digest = self._digest(field, value)
        self.ledger.append({"place": list(self._place), "field": field, "hmac_sha256": digest, "why": why})
        return f"[redacted hmac-sha256:{digest}]"

    def mapping(self, keys: Keys, field: str, values: Mapping[str, Any], *, derived: bool = False) -> dict[str, Any]:
        """A mapping with the values of keys that are on the list, at any depth, and markers for the others.

        Args:
            keys: The list. A key that ends in `/**` stands for all that is in it.
            field: Where it stands.
            values: The mapping.
            derived: As above.
        """
        found = {}
        for at, (key, value) in enumerate(values.items()):
            inner, plain = inside(keys, key), bool(_NAME.fullmatch(key))
            name = key if plain else self.hide(f"{field}[{at}].key", key, derived=derived)
            place = f"{field}.{key}" if plain else f"{field}[{at}]"
            if value is None or value in ("", [], {}):
                found[name] = value
            elif inner is None:
                found[name] = self.hide(place, value, derived=derived)
            elif self._thought(key, value):
                found[name] = self.hide(place, value, why="reasoning")
            else:
                found[name] = self._value(inner, place, value, derived)
        return found

    def _thought(self, key: str, value: Any) -> bool:
        """Whether reasoning is hidden and this is some, as Inspect keeps it in a message; a code is none."""
        return not self._reasoning and key in _THOUGHT and not (isinstance(value, str) and len(value.split()) == 1)

    def _value(self, keys: Keys, field: str, value: Any, derived: bool) -> Any:
        if isinstance(value, Mapping):
            return self.mapping(keys, field, value, derived=derived)
        if isinstance(value, list | tuple):
            return [self._value(keys, f"{field}[{at}]", one, derived) for at, one in enumerate(value)]
        if not isinstance(value, str):
            return value
        if len(value.split()) == 1 and len(value) <= _CODE:
            self.names.add(value)
            return value
        return self.text(True, field, value)

    def _digest(self, field: str, value: Any) -> str:
        text = value if isinstance(value, str) else json.dumps(to_jsonable_python(value), sort_keys=True)
        told = json.dumps([*self._place, field, text])
        return hmac.new(self._salt, told.encode(), hashlib.sha256).hexdigest()


def strings(value: Any) -> Iterator[str]:
    """All texts in a value that JSON can hold, keys left out.

    Args:
        value: The value.
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


def _plain(text: str) -> str:
    return " ".join(text.split())
