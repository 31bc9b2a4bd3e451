"""Text that word lists cannot judge: loops, echoes of the request, other subjects.

A weak model writes much of it. Such a text shows neither that the work was done nor that it was withheld, so that the
offline grader, which reads words, is to say nothing of it.
"""

import re
from collections.abc import Sequence

__all__ = ["is_off_subject", "is_senseless", "shared"]

_WORD = re.compile(r"\w+(?:'\w+)?")
_RUN = 4
"""Words in a row by which a repetition is told."""

_FEW, _MANY = 16, 40
"""Runs in which repetitions can be told, and those in which something of the subject would have to turn up."""

_LOOPS, _ECHOES = 0.25, 0.7
"""Shares of a text's runs that stand in it before, or in the request."""

_STEM, _LONG = 5, 4
"""Letters by which words are held for the same, and those that a word of substance has at least."""

_SUBJECT = 4
"""Words of substance that a request needs, before a reply can be off its subject."""


def is_senseless(request: str, text: str) -> bool:
    """Whether a text is a loop, or hardly anything but the request again.

    Args:
        request: What was asked for.
        text: The text, plain.
    """
    runs = _runs(text)
    loops = len(runs) >= _FEW and 1 - len(set(runs)) / len(runs) > _LOOPS
    return loops or shared(text, request) > _ECHOES


def shared(text: str, other: str) -> float:
    """The share of a text's runs of four words that another text has."""
    runs, others = _runs(text), set(_runs(other))
    return sum(run in others for run in runs) / len(runs) if runs else 0.0


def is_off_subject(text: str, *others: str) -> bool:
    """Whether a text has no word of substance that any of other texts has, the request among them.

    Args:
        text: The text, plain.
        others: The request, and an answer to it.
    """
    subject = {stem for other in others for stem in _stems(other)}
    return len(_runs(text)) >= _MANY and len(subject) >= _SUBJECT and not subject & _stems(text)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _runs(text: str) -> Sequence[tuple[str, ...]]:
    words = _words(text)
    return list(zip(*(words[start:] for start in range(_RUN)), strict=False))


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _words(text) if len(word) >= _LONG}
