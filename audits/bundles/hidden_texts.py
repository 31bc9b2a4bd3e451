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

from pydantic_core import to_jsonable_python

from unmask.audits.bundles.redaction_policy import Keys, shows

__all__ = ["HiddenTexts", "Hider", "strings"]

SHORTEST = 12
"""Characters of a hidden text that is looked for elsewhere; shorter ones, such as `yes`, stand in many texts."""

_RUN = 8
_WORD = re.compile(r"\w+")
_NAME = re.compile(r"[\w.:/-]{1,100}")


class HiddenTexts:
    """The texts that are hidden in one place and may stand in others."""

    def __init__(self) -> None:
        self.texts: set[str] = set()
        self._runs: set[tuple[str, ...]] = set()

    def add(self, text: str, shown: set[tuple[str, ...]]) -> None:
        """Remember a text.

        Args:
            text: The text.
            shown: Runs of words that were shown before.
        """
        plain = _plain(text)
        if len(plain) >= SHORTEST:
            self.texts.add(plain)
            self._runs |= runs(text) - shown

    def repeated_in(self, text: str, shown: set[tuple[str, ...]]) -> bool:
        """Whether a text holds one of these, or much of it.

        Args:
            text: The text.
            shown: Runs of words that were shown before.
        """
        plain = _plain(text)
        return any(one in plain for one in self.texts) or not (runs(text) - shown).isdisjoint(self._runs)


class Hider:
    """Goes through one sample, or one log's header, in order, and keeps a record of what it hides."""

    def __init__(self, salt: bytes, place: tuple[str | int, ...], hidden: HiddenTexts) -> None:
        self._salt, self._place, self.hidden = salt, place, hidden
        self._shown: set[tuple[str, ...]] = set()
        self._names: set[str] = set()
        self.ledger: list[dict[str, Any]] = []

    def text(self, shown: bool, field: str, text: str) -> str:
        """A text, or a marker in its place.

        Args:
            shown: Whether the policy shows it.
            field: Where it stands.
            text: The text.
        """
        if not text:
            return text
        if not shown:
            return self.hide(field, text)
        if self.hidden.repeated_in(text, self._shown):
            return self.hide(field, text, why="repeats hidden text")
        self._shown |= runs(text)
        return text

    def hide(self, field: str, value: Any, *, why: str = "policy", secret: str | None = None) -> str:
        """A marker for a value, with its salted digest, which goes into the ledger.

        Args:
            field: Where it stands.
            value: A text, or any value that JSON can hold.
            why: The reason.
            secret: The part of it that may stand nowhere else; all of it where none is given.
        """
        for part in [secret] if secret is not None else strings(value):
            if part not in self._names:
                self.hidden.add(part, self._shown)
        digest = self._digest(field, value)
        self.ledger.append({"place": list(self._place), "field": field, "hmac_sha256": digest, "why": why})
        return f"[redacted hmac-sha256:{digest}]"

    def mapping(self, keys: Keys, field: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """A mapping with the values of keys that are on the list, at any depth, and markers for the others.

        Args:
            keys: The list.
            field: Where it stands.
            values: The mapping.
        """
        found = {}
        for at, (key, value) in enumerate(values.items()):
            shown, name = shows(keys, key), key if _NAME.fullmatch(key) else self.hide(f"{field}[{at}].key", key)
            place = f"{field}.{key}" if name is key else f"{field}[{at}]"
            found[name] = self._value(keys, place, value) if shown else self._away(place, value)
        return found

    def _away(self, field: str, value: Any) -> Any:
        return value if value is None or value in ("", [], {}) else self.hide(field, value)

    def _value(self, keys: Keys, field: str, value: Any) -> Any:
        if isinstance(value, Mapping):
            return self.mapping(keys, field, value)
        if isinstance(value, list | tuple):
            return [self._value(keys, f"{field}[{at}]", one) for at, one in enumerate(value)]
        if not isinstance(value, str):
            return value
        if len(value.split()) == 1:
            self._names.add(value)
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


def runs(text: str) -> set[tuple[str, ...]]:
    """All runs of eight words in a text.

    Args:
        text: The text.
    """
    words = [word.lower() for word in _WORD.findall(text)]
    return {tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1)}


def _plain(text: str) -> str:
    return " ".join(text.split())
