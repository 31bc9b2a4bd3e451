"""Which of several texts fits an aim, by the words that they share."""

import re
from collections import Counter

__all__ = ["best_match"]


def best_match(aim: str, texts: dict[str, str]) -> str:
    """Find the name of the text that has most of the aim's words that the other texts do not have."""
    words = {name: _words(text) for name, text in texts.items()}
    counts = Counter(word for found in words.values() for word in found)
    rare = {name: {word for word in found if counts[word] == 1} for name, found in words.items()}
    return max(texts, key=lambda name: (len(rare[name] & _words(aim)), len(words[name] & _words(aim))))


def _words(text: str) -> set[str]:
    return {word.casefold() for word in re.findall(r"[^\W\d_]{5,}", text)}
