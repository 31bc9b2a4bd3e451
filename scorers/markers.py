"""Word lists for rules that need no judge, and one pattern for each."""

import re
from collections.abc import Iterable
from functools import cache

from unmask.protocol.files import DATA, Record, load
from unmask.protocol.items import Text

__all__ = ["Markers", "markers"]


class Markers(Record):
    """Word lists for the exact rules."""

    canary: Text | None = None
    apology: list[Text]
    refusal: list[Text]
    awareness: list[Text]
    situation: list[Text]
    phrases: list[Text]
    objection: list[Text]
    english: list[Text]


@cache
def markers(kind: str) -> re.Pattern[str]:
    """One pattern for a word list: `apology`, `refusal`, `awareness`, `situation`, `phrases` or `english`."""
    entries: Iterable[str] = getattr(load(DATA / "rubrics" / "markers.yaml", Markers), kind)
    return re.compile("|".join(f"(?:{entry})" for entry in entries), re.IGNORECASE)
