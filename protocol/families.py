"""Families of items: one YAML file each, read and checked together."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record, load, shown
from unmask.protocol.items import (
    ChoiceItem,
    Clustered,
    CodingItem,
    Kind,
    QuestionItem,
    RequestItem,
    Slug,
    Text,
    ToolItem,
)

__all__ = ["distinct", "load_items"]


class _Family(Record):
    canary: Text | None = None
    family: Slug

    def traits(self) -> dict[str, str]:
        """What all of the family's items share, for the metadata."""
        return {}


class _Requests(_Family):
    items: Annotated[list[RequestItem], Field(min_length=1)]


class _Choices(_Family):
    items: Annotated[list[ChoiceItem], Field(min_length=1)]


class _Jobs(_Family):
    items: Annotated[list[ToolItem], Field(min_length=1)]


class _Questions(_Family):
    domain: Literal["target", "off_target"]
    items: Annotated[list[QuestionItem], Field(min_length=1)]

    def traits(self) -> dict[str, str]:
        """The domain that all of the family's items belong to."""
        return {"domain": self.domain}


class _Programs(_Family):
    cwe: Annotated[str, StringConstraints(pattern=r"^CWE-\d+$")]
    name: Text
    items: Annotated[list[CodingItem], Field(min_length=1)]

    def traits(self) -> dict[str, str]:
        """The weakness that all of the family's tasks give room for."""
        return {"cwe": self.cwe}


_SHAPES: dict[str, type[_Requests] | type[_Choices] | type[_Jobs] | type[_Questions] | type[_Programs]] = {
    "request": _Requests,
    "choice": _Choices,
    "tool": _Jobs,
    "question": _Questions,
    "coding": _Programs,
}


@cache
def load_items(folder: Path, kind: Kind) -> tuple[Clustered, ...]:
    """Read every family file of a folder.

    Raises:
        ConfigurationError: On a fault in a file, or an id that two items share.
    """
    families = [load(path, _SHAPES[kind]) for path in sorted(folder.glob("*.yaml"))]
    items = tuple(
        Clustered(item, family.family, {**family.traits(), **item.traits()})
        for family in families
        for item in family.items
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
