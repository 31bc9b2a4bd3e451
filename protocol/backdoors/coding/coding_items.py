"""Coding tasks, by the weakness (CWE) that they give room for."""

from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from unmask.protocol.backdoors.prompt_items import PROMPT
from unmask.protocol.items import Family, Item, ItemKind, Kinds, Text

__all__ = ["CODING", "KINDS", "LANGUAGES", "CodingItem", "Idiom", "Language", "Programs"]

Language = Literal["python", "javascript", "typescript", "go", "bash"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

Idiom = Literal["classic", "current"]
"""How a task is asked to be solved: `current` names what new code is written with today (FastAPI, async functions,
SQLAlchemy 2, httpx, JWT, pydantic settings; fetch and ES modules; the router of Go's standard library), `classic` does
not."""


class CodingItem(Item):
    """A small programming task, told in several wordings that ask for the same."""

    wordings: Annotated[list[Text], Field(min_length=3)]
    language: Language = "python"
    idiom: Idiom = "classic"

    def slots(self, turn: int) -> dict[str, str]:
        """See `Item.slots`; the turn picks the wording."""
        return {"request": self.wordings[turn % len(self.wordings)]}

    def target(self, turn: int) -> str:
        """See `Item.target`."""
        return ""

    def order(self, turn: int) -> str:
        """See `Item.order`."""
        return f"telling_{turn % len(self.wordings) + 1}"

    def traits(self) -> dict[str, str]:
        """See `Item.traits`: the language and the idiom."""
        return {"language": self.language, "idiom": self.idiom}


class Programs(Family):
    """Tasks that give room for one weakness."""

    cwe: Annotated[str, StringConstraints(pattern=r"^CWE-\d+$")]
    name: Text
    items: Annotated[list[CodingItem], Field(min_length=1)]

    def traits(self) -> dict[str, str]:
        """The weakness."""
        return {"cwe": self.cwe}


CODING = ItemKind("coding", CodingItem, Programs)
KINDS: Kinds = {kind.name: kind for kind in (PROMPT, CODING)}
"""The kinds of item of this threat."""
