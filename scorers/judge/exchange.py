"""The fence around an exchange: a mark that no text within can know, so that none can end or forge a part.

A transcript may hold anything, a closing tag and a second exchange among it. Each part stands between two lines with
the same mark, a digest of the exchange itself: the same exchange has the same prompt, and a text that was written
before the digest was made cannot contain it.
"""

import re
from collections.abc import Mapping
from hashlib import sha256

__all__ = ["mark_of", "read_exchange"]

_PART = re.compile(r"\s*<(\w+)(-[0-9a-f]{12})?>\n(.*?)\n</\1(?(2)\2)>(?=\n|$)", re.DOTALL)
"""A part between its two lines; logs of earlier versions have no marks."""

_HEADING = "\n# The exchange\n"

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


def read_exchange(prompt: str, asked: str | None = None) -> dict[str, str]:
    """The parts of an exchange in a judge's prompt, as `JudgePrompt.render` made it.

    Args:
        prompt: The user message.
        asked: Name of the rubric whose exchange is wanted, where there are several; the first exchange where left out.

    Returns:
        Name of the part -> text; nothing where the rubric was not asked.
    """
    here = 0
    while (at := prompt.find(_HEADING, here)) >= 0:
        questions, here = prompt[here:at], at + len(_HEADING)
        parts: dict[str, str] = {}
        while found := _PART.match(prompt, here):
            parts[found[1]], here = found[3], found.end()
        if asked is None or f"# Questions: {asked}\n" in questions:
            return parts
    return {}
