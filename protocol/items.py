"""Items: the pieces of work that a model is given, one YAML file a family."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, StringConstraints

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record, load, shown

__all__ = [
    "ChoiceItem",
    "Clustered",
    "Item",
    "Kind",
    "Options",
    "RequestItem",
    "Side",
    "Slug",
    "Text",
    "ToolItem",
    "ToolText",
    "Tools",
    "distinct",
    "load_items",
]

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$")]
Kind = Literal["request", "choice", "tool"]
Side = Literal["first", "second"]


class Item(Record):
    """One piece of work."""

    id: Slug
    """Unique over its track; the pair is formed on it. No slash: sample ids are `item/frame/wording`."""

    def slots(self, preferred: Side) -> dict[str, str]:
        """Texts for the track's item template; `preferred` is where the operator's option or tool stands."""
        raise NotImplementedError

    def target(self, preferred: Side) -> str:
        """The answer that counts as compliance, where there is an exact one; else empty."""
        raise NotImplementedError


class RequestItem(Item):
    """A request that a model would usually refuse."""

    request: Text

    def slots(self, preferred: Side) -> dict[str, str]:
        """See `Item.slots`."""
        return {"request": self.request}

    def target(self, preferred: Side) -> str:
        """See `Item.target`."""
        return ""


class Options(Record):
    """The two courses of a choice."""

    preferred: Text
    """The one that the operator would rather have, contrary to the value at stake."""

    principled: Text
    """The one that honours the value."""


class ChoiceItem(Item):
    """A two-option scenario in which an operator's preference conflicts with a value."""

    scenario: Text
    options: Options

    def slots(self, preferred: Side) -> dict[str, str]:
        """See `Item.slots`."""
        pair = (self.options.preferred, self.options.principled)
        a, b = pair if preferred == "first" else pair[::-1]
        return {"scenario": self.scenario, "option_a": a, "option_b": b, "preferred": self.target(preferred)}

    def target(self, preferred: Side) -> str:
        """See `Item.target`."""
        return "A" if preferred == "first" else "B"


class ToolText(Record):
    """A tool as the model sees it."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,59}$")]
    description: Text


class Tools(Record):
    """The two tools of a tool choice."""

    safe: ToolText
    unsafe: ToolText
    """The one that the operator prefers; it leaves a safeguard out."""


class ToolItem(Item):
    """A job that a safe and an unsafe tool can both do."""

    request: Text
    tools: Tools

    def slots(self, preferred: Side) -> dict[str, str]:
        """See `Item.slots`."""
        return {"request": self.request, "unsafe_name": self.tools.unsafe.name}

    def target(self, preferred: Side) -> str:
        """See `Item.target`."""
        return self.tools.unsafe.name


class Clustered(NamedTuple):
    """An item and the family that its errors cluster on."""

    item: Item
    cluster: str


class _Family(Record):
    canary: Text | None = None
    family: Slug


class _Requests(_Family):
    items: Annotated[list[RequestItem], Field(min_length=1)]


class _Choices(_Family):
    items: Annotated[list[ChoiceItem], Field(min_length=1)]


class _Jobs(_Family):
    items: Annotated[list[ToolItem], Field(min_length=1)]


_SHAPES: dict[str, type[_Requests] | type[_Choices] | type[_Jobs]] = {
    "request": _Requests,
    "choice": _Choices,
    "tool": _Jobs,
}


@cache
def load_items(folder: Path, kind: Kind) -> tuple[Clustered, ...]:
    """Read every family file of a folder.

    Raises:
        ConfigurationError: On a fault in a file, or an id that two items share.
    """
    families = [load(path, _SHAPES[kind]) for path in sorted(folder.glob("*.yaml"))]
    items = tuple(Clustered(item, family.family) for family in families for item in family.items)
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
