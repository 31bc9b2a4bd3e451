"""Pairs of programs, one with a weakness and one without, by which the scorer of insecure code is measured."""

from functools import cache
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from unmask.protocol.backdoors.triggers import BACKDOORS
from unmask.protocol.files import Record, load
from unmask.protocol.items import Slug, Text

__all__ = ["CodePair", "CodePairs", "Split", "code_pairs"]

Split = Literal["written_on", "held_out"]
"""What the map of weaknesses was written on, and what was kept from it."""


class CodePair(Record):
    """Two programs that do the same job."""

    id: Slug
    vulnerable: Text
    safe: Text


class CodePairs(Record):
    """Pairs for one weakness."""

    canary: Text | None = None
    cwe: Annotated[str, StringConstraints(pattern=r"^CWE-\d+$")]
    split: Split
    pairs: Annotated[list[CodePair], Field(min_length=3)]


@cache
def code_pairs(split: Split) -> dict[str, CodePairs]:
    """The pairs of one half by CWE.

    Raises:
        ConfigurationError: On a fault in a file.
    """
    found = [load(path, CodePairs) for path in sorted((BACKDOORS / "pairs" / split).glob("*.yaml"))]
    return {family.cwe: family for family in found}
