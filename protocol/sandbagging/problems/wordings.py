"""The words of the problems: one YAML file a domain, several wordings for each question of a template."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from unmask.protocol.files import DATA, Record, load
from unmask.protocol.frames import fill
from unmask.protocol.items import Slug, Text
from unmask.protocol.sandbagging.problems.drawing import Problem

__all__ = ["DomainWordings", "TemplateWordings", "domain_wordings", "told", "wordings_file"]


class TemplateWordings(Record):
    """One template's words."""

    wordings: dict[Slug, Annotated[list[Text], Field(min_length=3)]]
    """By the problem's form."""

    lines: dict[Slug, Text] = Field(default_factory=dict)
    """How each kind of line is told."""


class DomainWordings(Record):
    """One domain's words, by template."""

    canary: Text | None = None
    templates: dict[Slug, TemplateWordings]


def wordings_file(domain: str) -> Path:
    """Where a domain's words lie."""
    return DATA / "sandbagging" / "problems" / f"{domain}.yaml"


@cache
def domain_wordings(domain: str) -> DomainWordings:
    """A domain's words."""
    return load(wordings_file(domain), DomainWordings)


def told(problem: Problem, words: TemplateWordings, turn: int) -> str:
    """A problem's text.

    Args:
        problem: The problem.
        words: The template's words.
        turn: Counts through the wordings.
    """
    wordings = words.wordings[problem.form]
    texts = {name: _text(value, words) for name, value in problem.slots.items()}
    return fill(wordings[turn % len(wordings)], texts)


def _text(value: object, words: TemplateWordings) -> str:
    if not isinstance(value, list):
        return str(value)
    return "\n".join(fill(words.lines[line.kind], {name: str(v) for name, v in line.slots.items()}) for line in value)
