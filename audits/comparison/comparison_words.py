"""The rule of comparison and its sentences, from `datasets/findings/comparison.yaml`."""

from functools import cache
from typing import Literal

from unmask.protocol.files import DATA, Record, load

__all__ = ["Check", "ComparisonWords", "comparison_words"]


class Check(Record):
    """What is held to be the same in two runs."""

    rule: Literal["refuse", "warn"]
    says: str


class ComparisonWords(Record):
    """Words and rules."""

    canary: str
    checks: dict[str, Check]
    anyway: str
    arms: dict[str, str]
    sentences: dict[str, str]
    watch: dict[str, str]
    series: dict[str, str]


@cache
def comparison_words() -> ComparisonWords:
    """Read them.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(DATA / "findings" / "comparison.yaml", ComparisonWords)
