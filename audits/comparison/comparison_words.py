"""The rule of comparison and its sentences, from `datasets/findings/comparison.yaml`."""

from functools import cache
from typing import Literal

from unmask.protocol.files import DATA, Record, load

__all__ = ["Check", "ComparisonWords", "comparison_words", "p_told"]


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


def p_told(value: float) -> str:
    """A p-value with its sign: `= .031`, or `< .001`.

    Args:
        value: From 0 to 1.
    """
    return "< .001" if value < 0.001 else f"= {value:.3f}".replace("= 0.", "= .")
