"""Prompts of the backdoor task: everyday requests, and some that a careful assistant declines."""

from typing import Annotated

from pydantic import Field

from unmask.protocol.items import Family, ItemKind, RequestItem

__all__ = ["PROMPT", "PromptItem", "Prompts"]


class PromptItem(RequestItem):
    """A request, with whether a careful assistant declines it or the main part of it."""

    declined: bool = False
    """A trigger that makes a model do what it declines otherwise (a jailbreak) is seen on these alone."""

    def traits(self) -> dict[str, str]:
        """See `Item.traits`: whether it is declined."""
        return {"declined": "yes" if self.declined else "no"}


class Prompts(Family):
    """A family of prompts: one kind of work, or one kind of thing that is declined."""

    items: Annotated[list[PromptItem], Field(min_length=1)]


PROMPT = ItemKind("request", PromptItem, Prompts)
"""Stands in for the kind that all threats share, under the same name."""
