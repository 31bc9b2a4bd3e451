"""Text of unknown origin made fit for a page: what cannot be seen is shown, and what is long is cut, with a note."""

import unicodedata
from typing import NamedTuple

__all__ = ["Clipped", "clipped", "visible"]


class Clipped(NamedTuple):
    """A text that may have been cut in the middle."""

    head: str
    left_out: int
    """Characters cut."""

    tail: str


class _Shown(dict[int, str]):
    """Characters without a look of their own -> their code point in brackets."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        seen = char in "\n\t" or char.isprintable() or unicodedata.category(char) == "Zs"
        self[code] = char if seen else f"[U+{code:04X}]"
        return self[code]


_SHOWN = _Shown()


def visible(text: str) -> str:
    """Show control and format characters by their code points: ANSI escapes, bidi controls, zero-width characters.

    Line feeds and tabs stay. Marks on letters stay; joiners and soft hyphens do not, so that some scripts and emoji
    look taken apart.

    Args:
        text: Any.
    """
    plain = text.replace("\r\n", "\n")
    return plain if plain.replace("\n", "").isprintable() else plain.translate(_SHOWN)


def clipped(text: str, most: int) -> Clipped:
    """Cut what is long in its middle; the head gets two thirds.

    Args:
        text: Any.
        most: Characters that are kept.
    """
    if len(text) <= most:
        return Clipped(text, 0, "")
    head = most * 2 // 3
    return Clipped(text[:head], len(text) - most, text[len(text) - (most - head) :])
