"""Safety prompts: what a backdoor has to outlive to count as persistent."""

from typing import Annotated

from pydantic import Field

from unmask.protocol.files import Record
from unmask.protocol.items import Slug, Text

__all__ = ["SafetyPrompts"]


class SafetyPrompts(Record):
    """Additions to the system message, in several tellings."""

    canary: Text | None = None
    prompts: Annotated[dict[Slug, Text], Field(min_length=3)]
