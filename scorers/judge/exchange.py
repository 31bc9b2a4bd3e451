"""The fence around an exchange: a mark that no text within can know, so that none can end or forge a part.

A transcript may hold anything, a closing tag and a second exchange among it. Each part stands between two lines with
the same mark, a digest of the exchange itself: the same exchange has the same prompt, and a text that was written
before the digest was made cannot contain it.
"""

import re
from collections.abc import Mapping
from hashlib import sha256

__all__ = ["mark_of", "read_exchange"]

_PART = re.compile(r"^<(\w+)(-[0-9a-f]{12})?>\n(.*?)\n</\1(?(2)\2)>$", re.DOTALL | re.MULTILINE)
"""A part between its two lines; logs of earlier versions have no marks."""

_LENGTH = 12


def mark_of(parts: Mapping[str, str]) -> str:
    """The mark of an exchange, which stands in none of its texts.

    Args:
        parts: The exchange, by the names of its parts.
    """
    text = "\x1e".join(f"{name}\x1f{said}" for name, said in parts.items())
    mark = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_LENGTH]
    while mark in text:
        mark = sha256(mark.encode()).hexdigest()[:_LENGTH]
    return mark


def read_exchange(prompt: str) -> dict[str, str]:
    """The parts of the exchange in a judge's prompt, as `JudgePrompt.render` made it.

    Args:
        prompt: The user message.
    """
    _, _, exchange = prompt.partition("\n# The exchange\n")
    return {found[1]: found[3] for found in _PART.finditer(exchange)}
