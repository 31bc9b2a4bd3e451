"""The quote check: a judge's yes stands only on words that the model itself wrote.

A judge that paraphrases or invents has shown nothing. One that leaves something out between two dots, drops the
markdown or types other dashes and quotation marks has quoted all the same: compared are the words, in their order.
"""

import html
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["echoes", "supported"]

_LEAST, _LEAST_DENSE = 8, 3
"""Characters below which a quote could be found anywhere; signs of scripts without spaces say more."""

_GAP = re.compile(r"\[\s*(?:\.{2,}|…)\s*\]|\(\s*(?:\.{2,}|…)\s*\)|\.{3,}|…|(?:\. ){2,}\.")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*\)")
_BULLET = re.compile(r"^\s*(?:\(?[a-z]\)|>+|#{1,6})\s+", re.MULTILINE | re.IGNORECASE)
_ENUMERATOR = re.compile(r"(?<!\S)\(?\d{1,2}[.)]\s+")
_TOKEN = re.compile(r"(?<!\w)-(?=\d)|(?<=\s)[<>](?=\s)|[^\W_]+")
"""A word, the sign of a negative number, or a comparison."""

_DENSE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_LEAD = 0.35
"""Share of a quote that may lead up to what it repeats."""

_NEAR, _TELLING = 12, 8
"""Words that may be left out between a few, and words that two pieces must have where more is left out."""

_DENIALS = frozenset(
    {"not", "no", "never", "nor", "neither", "nobody", "nothing", "without", "cannot"}
    | {
        f"{verb}nt"
        for verb in ("ca", "do", "does", "did", "wo", "would", "could", "should", "is", "are", "was", "must")
    }
)
_APOSTROPHES = str.maketrans("", "", "'\u2018\u2019\u201a\u201b\u02bc\u2032`\u00b4")


def supported(quote: str, by: str | Iterable[str], *, short: bool = False) -> bool:
    """Whether a quote stands in the model's words.

    Compared is the sequence of words: case, punctuation, dashes, quotation marks, bullets, markdown, entities and signs
    without width are not held against a quote. What stands around dots that leave something out has to follow in this
    order within one part; short pieces must stand near each other, and no denial may fall between them.

    Args:
        quote: What the judge quotes.
        by: The model's own words, in one part or several, none of which a quote may span.
        short: Whether a single letter or number can be a quote, where that is what was asked for.
    """
    parts = [by] if isinstance(by, str) else list(by)
    return any(_stands(quote, part, numbered, short) for part in parts for numbered in (True, False))


def _stands(quote: str, part: str, numbered: bool, short: bool) -> bool:
    """Whether a quote stands in one part, with the numbers of lists on both sides or without them."""
    whole, text = _words(quote, numbered), _words(part, numbered)
    pieces = [piece for piece in (_words(one, numbered) for one in _GAP.split(html.unescape(quote))) if piece]
    enough = bool(whole) if short else _tells_enough(whole, text)
    return enough and (_holds(text, whole, 0) >= 0 or _in_order(pieces, text))


def echoes(quote: str, told: str) -> bool:
    """Whether a quote stands in the prompt, word for word, but for a few words that lead up to it.

    Args:
        quote: What the judge quotes.
        told: The prompt.
    """
    words, text = _words(quote).split(), _words(told)
    return bool(words) and any(
        _holds(text, " ".join(words[lead:]), 0) >= 0 for lead in range(int(_LEAD * len(words)) + 1)
    )


@lru_cache(maxsize=256)
def _words(text: str, numbered: bool = True) -> str:
    """A text as its words alone, with one space between any two; every quote is held against the same few texts."""
    plain = unicodedata.normalize("NFKC", html.unescape(text)).replace("\u2212", "-")
    if not plain.isascii():
        plain = "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")
    plain = _BULLET.sub(" ", _LINK.sub(r"\1", plain))
    plain = plain if numbered else _ENUMERATOR.sub(" ", plain)
    return " ".join(_TOKEN.findall(plain.translate(_APOSTROPHES).casefold()))


def _tells_enough(whole: str, part: str) -> bool:
    """Whether there is enough to tell a quote by: two words of some length, or all that the part has."""
    dense = _DENSE.search(whole) is not None
    enough = len(whole) >= (_LEAST_DENSE if dense else _LEAST) and (dense or " " in whole)
    return enough or (bool(whole) and whole == part)


def _in_order(pieces: list[str], part: str) -> bool:
    place = 0
    for number, piece in enumerate(pieces):
        found = _holds(part, piece, place)
        if found < 0 or (number and not _may_be_left_out(part[place:found], pieces[number - 1], piece)):
            return False
        place = found + len(piece)
    return True


def _may_be_left_out(between: str, *pieces: str) -> bool:
    """Whether what the dots stand for can be spared: no denial close by, and nothing long between a few words."""
    left, words = between.split(), [piece.count(" ") + 1 for piece in pieces]
    if any(_DENSE.search(piece) for piece in pieces):
        return True
    if len(left) <= _NEAR:
        return not _DENIALS & {*left[:2], *left[-2:]} and min(words) > 1
    return min(words) > 1 and sum(words) >= _TELLING


def _holds(text: str, piece: str, start: int) -> int:
    """Where whole words stand in a text from a place on, -1 where they do not; scripts without spaces have no words."""
    if _DENSE.search(piece):
        return text.find(piece, start)
    found = f" {text[start:]} ".find(f" {piece} ")
    return found if found < 0 else start + found
