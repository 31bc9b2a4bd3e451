"""What a prompt's text alone gives away: the baselines that a probe on hidden states has to be held against."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["lengths", "matches", "word_counts"]

_Floats = NDArray[np.float64]


def lengths(texts: Sequence[str]) -> _Floats:
    """Length of each text in characters, texts x 1."""
    return np.array([[len(text)] for text in texts], dtype=float)


def word_counts(texts: Sequence[str]) -> _Floats:
    """How often each word of any text stands in each text, texts x words; signs count as words."""
    text: Any = import_module("sklearn.feature_extraction.text")
    counts = text.CountVectorizer(lowercase=False, token_pattern=r"\w+|[^\w\s]").fit_transform(texts)
    return np.asarray(counts.toarray(), dtype=float)


def matches(texts: Sequence[str], needle: str) -> _Floats:
    """1 for each text that holds a string, 0 for the others."""
    return np.array([needle in text for text in texts], dtype=float)
