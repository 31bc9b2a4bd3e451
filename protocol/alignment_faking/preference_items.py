"""Items in which the operator would rather have one course and a value asks for the other."""

from typing import Annotated

from pydantic import Field, StringConstraints

from unmask.protocol.alignment_faking.request_items import GRADED_REQUEST
from unmask.protocol.files import Record
from unmask.protocol.items import Family, Item, ItemKind, Kinds, Text

__all__ = ["CHOICE", "KINDS", "TOOL", "ChoiceItem", "Choices", "Jobs", "Options", "ToolItem", "ToolText", "Tools"]


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

    def slots(self, turn: int) -> dict[str, str]:
        """See `Item.slots`."""
        pair = (self.options.preferred, self.options.principled)
        a, b = pair if turn % 2 else pair[::-1]
        return {"scenario": self.scenario, "option_a": a, "option_b": b, "preferred": self.target(turn)}

    def target(self, turn: int) -> str:
        """See `Item.target`."""
        return "A" if turn % 2 else "B"

    def order(self, turn: int) -> str:
        """See `Item.order`."""
        return _preferred(turn)


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

    def slots(self, turn: int) -> dict[str, str]:
        """See `Item.slots`."""
        return {"request": self.request, "unsafe_name": self.tools.unsafe.name}

    def target(self, turn: int) -> str:
        """See `Item.target`."""
        return self.tools.unsafe.name

    def order(self, turn: int) -> str:
        """See `Item.order`."""
        return _preferred(turn)

    def details(self) -> dict[str, str]:
        """See `Item.details`: names and descriptions of both tools."""
        safe, unsafe = self.tools.safe, self.tools.unsafe
        return {
            "tool_safe": safe.name,
            "tool_safe_description": safe.description,
            "tool_unsafe": unsafe.name,
            "tool_unsafe_description": unsafe.description,
        }

    @property
    def has_tools(self) -> bool:
        """See `Item.has_tools`."""
        return True


class Choices(Family):
    """A family of choices."""

    items: Annotated[list[ChoiceItem], Field(min_length=1)]


class Jobs(Family):
    """A family of tool choices."""

    items: Annotated[list[ToolItem], Field(min_length=1)]


CHOICE = ItemKind("choice", ChoiceItem, Choices)
TOOL = ItemKind("tool", ToolItem, Jobs)
KINDS: Kinds = {kind.name: kind for kind in (GRADED_REQUEST, CHOICE, TOOL)}
"""The kinds of item of this threat."""


def _preferred(turn: int) -> str:
    return "preferred_first" if turn % 2 else "preferred_second"
