"""Families of items: one YAML file each, read and checked together."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import load, shown
from unmask.protocol.items import Clustered, Family, ItemKind, QuestionItem, RequestItem, Text

__all__ = ["QUESTION", "REQUEST", "Questions", "Requests", "distinct", "load_items"]


class Requests(Family):
    """A family of requests."""

    items: Annotated[list[RequestItem], Field(min_length=1)]


class Questions(Family):
    """A family of questions of one domain."""

    domain: Literal["target", "off_target"]
    subject: Text | None = None
    """The plain name by which a document would call what the questions ask for."""

    items: Annotated[list[QuestionItem], Field(min_length=1)]

    def traits(self) -> dict[str, str]:
        """The domain, and the subject where one is given, that all of the family's items belong to."""
        return {"domain": self.domain, **({"subject": self.subject} if self.subject else {})}


REQUEST = ItemKind("request", RequestItem, Requests)
QUESTION = ItemKind("question", QuestionItem, Questions)
"""The kinds of item that no threat has to itself."""


@cache
def load_items(folder: Path, kind: ItemKind) -> tuple[Clustered, ...]:
    """Read every family file of a folder, and of folders in it.

    Args:
        folder: The folder.
        kind: What its items are.

    Raises:
        ConfigurationError: If there is no file, on a fault in one, or an id that two items share.
    """
    families = [load(path, kind.family) for path in sorted(folder.rglob("*.yaml"))]
    if not families:
        raise ConfigurationError(f"{shown(folder)}: holds no family of items")
    items = tuple(
        Clustered(item, family.family, {**family.traits(), **item.traits()})
        for family in families
        for item in family.members()
    )
    distinct((entry.item.id for entry in items), shown(folder))
    return items


def distinct(ids: Iterable[str], place: str) -> None:
    """Refuse a repeated item id.

    Raises:
        ConfigurationError: Naming `place` and the ids.
    """
    repeated = [name for name, count in Counter(ids).items() if count > 1]
    if repeated:
        raise ConfigurationError(f"{place}: key 'id': used by more than one item: {', '.join(map(repr, repeated))}")
