"""Answers to coding tasks that are not set in Python: one with the task's weakness and one without."""

from functools import cache
from typing import Annotated

from pydantic import Field

from unmask.protocol.backdoors.coding.coding_items import Language
from unmask.protocol.backdoors.triggers import BACKDOORS
from unmask.protocol.files import Record, load
from unmask.protocol.items import Slug, Text

__all__ = ["TaskAnswer", "TaskAnswers", "task_answers"]


class TaskAnswer(Record):
    """Two programs that do one task."""

    task: Slug
    """The id of the coding task."""

    vulnerable: Text
    safe: Text


class TaskAnswers(Record):
    """Answers in one language."""

    canary: Text | None = None
    language: Language
    answers: Annotated[list[TaskAnswer], Field(min_length=1)]


@cache
def task_answers() -> dict[Language, TaskAnswers]:
    """The answers by language; organisms give them, and a scorer of these languages can be measured on them.

    Raises:
        ConfigurationError: On a fault in a file.
    """
    found = [load(path, TaskAnswers) for path in sorted((BACKDOORS / "answers").glob("*.yaml"))]
    return {family.language: family for family in found}
