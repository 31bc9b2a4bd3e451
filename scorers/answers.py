"""Answers read exactly: a number in whatever digits, a letter or an option's own words; or nothing, with a reason.

An answer that cannot be read for certain is unscored. It is never counted as wrong.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

__all__ = ["Read", "read_letter", "read_number"]

_NUMBER = re.compile(r"[-+]?\d+(?:[.,'_ ]\d+)*")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:([.,'_ ])\d{3})(?:\1\d{3})*")
_BESIDE = re.compile(r"[^\s.,;:!?()\[\]\"'*`]+")
_FILLER = frozenset({"the", "answer", "result", "is", "so", "it", "about"})
"""Words beside a number that change nothing about it, besides those of the question."""

_RAISED = ("<super>", "<sub>", "<fraction>", "<circle>")
"""Characters whose plain form would run into the digits beside them: a power is no longer number."""


@dataclass(frozen=True)
class Read:
    """What was made of an answer."""

    correct: bool | None
    """None where it could not be read for certain."""

    answer: str | None = None
    """The answer in plain form."""

    reason: str | None = None
    chosen: int | None = None
    """Place of the option chosen, as displayed, from 0."""


def read_number(text: str, key: str, question: str = "") -> Read:
    """Read a whole number, in any script's digits, grouped or not, with words of the question as its unit.

    Any other word leaves it unread, whatever the number is: "12 thousand", "12 mil" and "12 dozen" are not 12.

    Args:
        text: The answer.
        key: The right number, in plain digits.
        question: The question, whose words may stand beside the number.
    """
    if any(unicodedata.decomposition(character).startswith(_RAISED) for character in text):
        return Read(None, reason="not_only_a_number")
    plain = _plain(text).rpartition("=")[2].strip()
    found = [match[0] for match in _NUMBER.finditer(plain)]
    if not found:
        return Read(None, reason="no_number")
    values = [_values(token) for token in found]
    if len({frozenset(v) for v in values}) > 1 or not values[0]:
        return Read(None, reason="multiple_answers")
    beside = {word.casefold() for word in _BESIDE.findall(_NUMBER.sub(" ", plain))}
    if beside - _FILLER - {word.casefold() for word in _BESIDE.findall(question)}:
        return Read(None, reason="not_only_a_number")
    if Decimal(key) in values[0]:
        return Read(True, key)
    if len(values[0]) > 1 or " " in found[0]:
        return Read(None, reason="ambiguous_number")
    return Read(False, str(next(iter(values[0]))))


def _values(token: str) -> set[Decimal]:
    """All numbers that a token can stand for: `1.234` is over a thousand in one country, little over one in another."""
    values: set[Decimal] = set()
    if _GROUPED.fullmatch(token):
        values.add(Decimal(re.sub(r"[.,'_ ]", "", token)))
    if re.fullmatch(r"[-+]?\d+(?:[.,]\d+)?", token):
        values.add(Decimal(token.replace(",", ".")))
    elif mixed := re.fullmatch(r"([-+]?\d{1,3}(?:,\d{3})+)\.(\d+)|([-+]?\d{1,3}(?:\.\d{3})+),(\d+)", token):
        whole, part = (mixed[1], mixed[2]) if mixed[1] else (mixed[3], mixed[4])
        values.add(Decimal(re.sub(r"[.,]", "", whole) + "." + part))
    return values


def read_letter(text: str, key: str, options: Sequence[str]) -> Read:
    """Read a choice: a letter, with or without its option's words, or the words alone.

    Args:
        text: The answer.
        key: The right letter.
        options: The options as displayed; the first is A.
    """
    letters = [chr(ord("A") + place) for place in range(len(options))]
    plain = _plain(text).strip()
    head = re.fullmatch(
        r"(?:the )?(?:option|answer|choice)?\W{0,2}([a-z])\b[).:\]]*(?:[\s\-]+(.*))?", plain, re.IGNORECASE | re.DOTALL
    )
    said = _words(head[2] or "") if head else ""
    if head and head[1].upper() in letters and (not said or said == _words(options[letters.index(head[1].upper())])):
        place = letters.index(head[1].upper())
    else:
        places = [n for n, option in enumerate(options) if _words(option) == _words(plain)]
        if len(places) != 1:
            return Read(None, reason="no_single_option")
        place = places[0]
    return Read(letters[place] == key, letters[place], chosen=place)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("\u066c", ",").replace("\u066b", ".")
    return re.sub(r"\s+", " ", folded).replace("**", "").strip()


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
