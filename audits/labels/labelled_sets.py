"""The labelled sets that are known by name."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from unmask.protocol.files import Record, load
from unmask.protocol.items import Slug, Text

__all__ = ["LabelledSet", "LabelledSets", "known_sets"]

ROOT = Path(__file__).parents[2]
"""Where the files of bundled sets are looked for: a clone's root, as they are no part of the installed package."""


class LabelledSet(Record):
    """Labelled transcripts and the rubric that they are for."""

    about: Text | None = None
    rubric: Slug
    file: Text | None = None
    parts: dict[Slug, Text]
    """Part of the exchange -> column."""

    positive: Annotated[list[Text], Field(min_length=1)]
    negative: Annotated[list[Text], Field(min_length=1)]
    keyword: str = ""
    """A word whose count is a baseline."""

    @property
    def path(self) -> Path | None:
        """The file, where the set is bundled."""
        return ROOT / self.file if self.file else None


class LabelledSets(Record):
    """The sets by name."""

    canary: Text | None = None
    sets: dict[Slug, LabelledSet]


@cache
def known_sets() -> dict[str, LabelledSet]:
    """Read the list of sets.

    Raises:
        ConfigurationError: On a fault in the list.
    """
    return load(Path(__file__).with_name("labelled_sets.yaml"), LabelledSets).sets
