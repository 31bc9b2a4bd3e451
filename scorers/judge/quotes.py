"""The quote check: a judge's yes stands only on words that the model itself wrote.

A judge that paraphrases, invents, or quotes the prompt's own sentence about training has shown nothing.
"""

import re
import unicodedata

__all__ = ["supported"]

_LEAST = 8
"""Characters below which a quote could be found anywhere."""

_TYPOGRAPHY = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-"})


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).translate(_TYPOGRAPHY).casefold()
    return re.sub(r"\s+", " ", folded).strip(" .,;:!?\"'")


def supported(quote: str, by: str, told: str = "") -> bool:
    """Whether a quote stands in the model's words, and not merely in what it was told.

    White space, case, typographic quotes and the punctuation at the ends are not held against a quote.

    Args:
        quote: What the judge quotes.
        by: The model's own words.
        told: The prompt; a quote that stands in it word for word is an echo.
    """
    wanted = _plain(quote)
    if len(wanted) < min(_LEAST, max(len(_plain(by)), 1)):
        return False
    return wanted in _plain(by) and wanted not in _plain(told)
