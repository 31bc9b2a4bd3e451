"""Whole numbers put in English words."""

import re

__all__ = ["number_of_words"]

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL = {word: n for n, word in enumerate(_ONES.split())} | {
    word: 10 * n for n, word in enumerate(_TENS.split(), start=2)
}
_LARGE = {"thousand": 1000, "million": 1_000_000}


def number_of_words(text: str) -> int | None:
    """The whole number that a text begins with in words, such as "eighteen thousand and four"; None without one.

    Args:
        text: The text; words after the number are passed over.
    """
    total, group, seen = 0, 0, False
    sign, words = 1, re.split(r"[^a-z\s-]", text.casefold())[0].replace("-", " ").split()
    if words[:1] in (["minus"], ["negative"]):
        sign, words = -1, words[1:]
    for word in words:
        if word in _SMALL:
            group += _SMALL[word]
        elif word == "hundred" and seen:
            group *= 100
        elif word in _LARGE and seen:
            total, group = total + group * _LARGE[word], 0
        elif word != "and" or not seen:
            break
        seen = True
    return sign * (total + group) if seen else None
