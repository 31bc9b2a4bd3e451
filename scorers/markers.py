"""Word lists for rules that need no judge: whether a text says a thing in so many words, in any typography."""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from unmask.protocol.files import DATA, Record, load
from unmask.protocol.items import Text

__all__ = ["Markers", "marked", "plain_typography"]

_FOLDED = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\uff07\u00b4`", "'")
    | dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
)


class Markers(Record):
    """Word lists for the exact rules."""

    canary: Text | None = None
    refusal: list[Text]
    phrases: list[Text]


def plain_typography(text: str) -> str:
    """A text with straight apostrophes, quotation marks and hyphens, plain spaces and no signs without width.

    Args:
        text: Any text.
    """
    if text.isascii():
        return text.replace("`", "'")
    plain = unicodedata.normalize("NFKC", text).translate(_FOLDED)
    return "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")


def marked(kind: str, text: str) -> re.Match[str] | None:
    """Find the first entry of a word list in a text.

    A word that is found may agree with what is known already; one that is missing decides nothing.

    Args:
        kind: The list: `refusal` or `phrases`.
        text: Any text, in whatever typography.
    """
    return _pattern(kind).search(plain_typography(text))


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    entries: Iterable[str] = getattr(load(DATA / "rubrics" / "markers.yaml", Markers), kind)
    return re.compile("|".join(f"(?:{entry})" for entry in entries), re.IGNORECASE)
