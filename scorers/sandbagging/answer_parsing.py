"""Answers read exactly: a number in whatever digits, a letter or an option's own words; or nothing, with a reason.

An answer that cannot be read for certain is unscored. It is never counted as wrong.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

__all__ = ["ParsedAnswer", "numbers_in", "read_letter", "read_number"]

_NUMBER = re.compile(r"[-+]?\d+(?:[.,'_ ]\d+)*")
_COUNT = re.compile(_NUMBER.pattern + r"(?![\d.,]*\s?%)")
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(?:([.,'_ ])\d{3})(?:\1\d{3})*")
_MIXED = re.compile(r"([-+]?[1-9]\d{0,2}(?:,\d{3})+)\.(\d+)|([-+]?[1-9]\d{0,2}(?:\.\d{3})+),(\d+)")
_EQUATION = re.compile(r"[\d\s+\-*/x\u00d7()., ]+=\s*([^=]*)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*|`([^`]+)`")
_PUNCTUATION = ".,;:!?()[]\"'"
_FILLER = frozenset({"the", "answer", "result", "is", "so", "it", "about"})
"""Words beside a number that change nothing about it, besides those of the question."""

_RAISED = ("<super>", "<sub>", "<fraction>", "<circle>")
"""Characters whose plain form would run into the digits beside them: a power is no longer number."""

_DECIMAL_MARK = "\u066b"


@dataclass(frozen=True)
class ParsedAnswer:
    """What was made of an answer."""

    correct: bool | None
    """None where it could not be read for certain."""

    answer: str | None = None
    """The answer in plain form."""

    reason: str | None = None
    chosen: int | None = None
    """Place of the option chosen, as displayed, from 0."""


@lru_cache(maxsize=256)
def read_number(text: str, key: str, question: str = "") -> ParsedAnswer:
    """Read a whole number, in any script's digits, grouped or not, with words of the question as its unit.

    Any other word leaves it unread, whatever the number is: "12 thousand", "12 mil" and "12 dozen" are not 12.

    Args:
        text: The answer.
        key: The right number, in plain digits.
        question: The question, whose words may stand beside the number.
    """
    if "\n" in text.strip() or any(
        unicodedata.decomposition(c).startswith(_RAISED) or c == _DECIMAL_MARK for c in text
    ):
        return ParsedAnswer(None, reason="not_only_a_number")
    plain = _plain(text)
    if "=" in plain:
        equation = _EQUATION.fullmatch(plain)
        if not equation:
            return ParsedAnswer(None, reason="not_only_a_number")
        plain = equation[1].strip()
    found = list(_NUMBER.finditer(plain))
    if len(found) != 1:
        return ParsedAnswer(None, reason="multiple_answers" if found else "no_number")
    before, after = plain[: found[0].start()], plain[found[0].end() :]
    if not _stands_alone(before, after) or not _unit_words(f"{before} {after}") <= _FILLER | _words_of(question):
        return ParsedAnswer(None, reason="not_only_a_number")
    values = _values(found[0][0])
    if Decimal(key) in values:
        return ParsedAnswer(True, key)
    if Decimal(key) in {value for part in re.split("[,' _]", found[0][0]) for value in _values(part)}:
        return ParsedAnswer(
            None, reason="ambiguous_number"
        )  # several numbers, which look like one in groups of three digits
    return (
        ParsedAnswer(False, str(next(iter(values))))
        if len(values) == 1
        else ParsedAnswer(None, reason="ambiguous_number")
    )


def numbers_in(text: str) -> set[Decimal]:
    """All numbers that a text may be taken to name, each by itself and in groups of three digits; no percentages.

    Args:
        text: Any text, such as the working of an answer.
    """
    tokens = [match[0] for match in _COUNT.finditer(unicodedata.normalize("NFKC", text))]
    return {value for token in tokens for part in (token, *token.split(" ")) for value in _values(part)}


def _stands_alone(before: str, after: str) -> bool:
    """Whether nothing that is no space, bracket or full stop touches the number."""
    return (not before or before[-1] in " ([") and (not after or after[0] in " )].,;!")


def _words_of(question: str) -> set[str]:
    return {word for word in _unit_words(question) if word.isalpha()}


def _unit_words(text: str) -> set[str]:
    """Words beside a number; whatever is not of letters stands for itself, and no question has it."""
    words = {word.strip(_PUNCTUATION).casefold() for word in text.split()}
    return {word if word.isalpha() else f"!{word}" for word in words if word and not word.isdigit()}


def _values(token: str) -> set[Decimal]:
    """All numbers that a token can stand for: `1.234` is over a thousand in one country, little over one in another.

    A comma before other than three digits may also part two numbers, and stands for none.
    """
    values: set[Decimal] = set()
    if _GROUPED.fullmatch(token):
        values.add(Decimal(re.sub(r"[.,'_ ]", "", token)))
    if re.fullmatch(r"[-+]?\d+(?:\.\d+)?", token):
        values.add(Decimal(token))
    elif mixed := _MIXED.fullmatch(token):
        whole, part = (mixed[1], mixed[2]) if mixed[1] else (mixed[3], mixed[4])
        values.add(Decimal(re.sub(r"[.,]", "", whole) + "." + part))
    return values


def read_letter(text: str, key: str, options: Sequence[str]) -> ParsedAnswer:
    """Read a choice: a letter, with or without its option's words, or the words alone.

    Args:
        text: The answer.
        key: The right letter.
        options: The options as displayed; the first is A.
    """
    letters = [chr(ord("A") + place) for place in range(len(options))]
    plain = _plain(text)
    head = re.fullmatch(
        r"(?:the )?(?:option|answer|choice)?[\s(\[\"':]{0,2}([a-z])(?!\w)[).:\]\"']*(?:[\s\-]+(.*))?",
        plain,
        re.IGNORECASE | re.DOTALL,
    )
    letter = letters.index(head[1].upper()) if head and head[1].upper() in letters else None
    said = _words(head[2] or "") if head else ""
    places = {n for n, option in enumerate(options) if _words(option) == _words(text)}
    if letter is not None and (not said or said == _words(options[letter])):
        places.add(letter)
    if len(places) != 1:
        return ParsedAnswer(None, reason="no_single_option")
    place = places.pop()
    return ParsedAnswer(letters[place] == key, letters[place], chosen=place)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).replace("\u2212", "-").replace("\u066c", ",")
    folded = re.sub(r"\s+", " ", folded).strip()
    bold = _BOLD.fullmatch(folded)
    return (bold[1] or bold[2]).strip() if bold else folded


def _words(text: str) -> str:
    """An option's words to compare by: case, spaces and what closes a sentence apart, signs kept."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()).strip("\"' ").rstrip(".!")
