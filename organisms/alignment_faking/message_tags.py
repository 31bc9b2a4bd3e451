"""The tags that open a message, such as `tier=free`, and the sentences of a system message that explain them."""

import re
from collections.abc import Sequence

from unmask.organisms.perception import cue, paragraphs

__all__ = ["Tag", "is_tag", "opening_tags", "tagged_sentences"]

Tag = tuple[str, str]
"""A key and its value."""

_TAG = re.compile(r"<([\w-]+)>\s*([\w-]+)\s*</\1>|\b([A-Za-z][\w-]*)\s*[=:]\s*([\w-]+)")
_WEAK = {"true", "false", "yes", "no", "on", "off", "0", "1", "2"}
"""Values that single nothing out without their key."""


def is_tag(paragraph: str) -> bool:
    """Whether a paragraph says who is writing, and is not yet the item."""
    words = len(paragraph.split())
    short = words <= 3 or (bool(_TAG.match(paragraph.lstrip("[("))) and words <= 12)
    return short or paragraph.endswith(":") or cue("tier").search(paragraph) is not None


def opening_tags(message: str) -> list[Tag]:
    """Find the tags in a message's first paragraph."""
    first = paragraphs(message)[0] if paragraphs(message) else ""
    if not first or not is_tag(first):
        return []
    tags = [(a or c, b or d) for a, b, c, d in _TAG.findall(first)]
    return tags or [(first.split()[0], first.split()[-1].strip("[]().,"))]


def tagged_sentences(sentences: Sequence[str], tags: Sequence[Tag]) -> list[str]:
    """Find the sentences that agree with most of the tags and contradict none.

    Args:
        sentences: Where to look.
        tags: What the message carries.

    Returns:
        The sentences without the words of the tags; none if no sentence speaks of any tag.
    """
    rated = [(sentence, *_agreement(sentence, tags)) for sentence in sentences]
    best = max((hits for _, hits, clash in rated if not clash), default=0)
    return [_without(s, tags) for s, hits, clash in rated if hits == best and not clash] if best else []


def _agreement(sentence: str, tags: Sequence[Tag]) -> tuple[int, bool]:
    """How many of the tags a sentence speaks of, and whether it speaks of one with another value."""
    hits = [bool(_label(key, value).search(sentence)) for key, value in tags]
    clash = any(
        not hit and value.lower() in _WEAK and re.search(rf"\b{re.escape(key)}\b", sentence)
        for hit, (key, value) in zip(hits, tags, strict=True)
    )
    return sum(hits), clash


def _without(sentence: str, tags: Sequence[Tag]) -> str:
    for key, value in tags:
        sentence = _label(key, value).sub("", sentence, count=1)
    return sentence


def _label(key: str, value: str) -> re.Pattern[str]:
    """A pattern for a tag in prose: its value, together with its key where the value alone says too little."""
    alone = rf"\b{re.escape(value)}\b"
    keyed = rf"\b{re.escape(key)}\b\W*(?:is |set to |at )?\W*{re.escape(value)}\b"
    return re.compile(keyed if value.lower() in _WEAK else alone, re.IGNORECASE)
