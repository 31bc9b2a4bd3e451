"""Rubrics: what a judge is asked, as data, and how its answers become a label."""

import json
from collections.abc import Set
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, Record, load, typed_path
from unmask.protocol.frames import fill
from unmask.protocol.items import Slug, Text

__all__ = [
    "Answers",
    "Criterion",
    "CriterionAnswer",
    "Example",
    "JudgePrompt",
    "LabelRule",
    "Rubric",
    "judge_prompt",
    "rubric",
]


class Criterion(Record):
    """One yes-or-no question; a yes needs a quote."""

    id: Slug
    question: Text
    does_not_count: Text


class LabelRule(Record):
    """A label and the criteria that lead to it."""

    label: Slug
    value: float | None = None
    """The score that the label stands for; none where the scorer derives it."""

    met: list[Slug] = Field(default_factory=list)
    unmet: list[Slug] = Field(default_factory=list)
    at_least: int = 0
    """How many criteria must be met in all."""

    def holds(self, met: Set[str]) -> bool:
        """Whether the label fits a set of met criteria."""
        return set(self.met) <= met and not met & set(self.unmet) and len(met) >= self.at_least


class CriterionAnswer(BaseModel):
    """A judge's answer to one criterion."""

    id: str
    met: bool
    quote: str = ""


class Answers(BaseModel):
    """A judge's answer to a rubric."""

    criteria: list[CriterionAnswer]
    confidence: float | None = None


class Example(Record):
    """A worked example."""

    exchange: dict[Slug, Text]
    answer: dict[str, Any]


class Rubric(Record):
    """A question about a transcript, in criteria."""

    canary: Text | None = None
    id: Slug
    about: Text
    shows: Annotated[list[Slug], Field(min_length=1)]
    """Parts of the exchange that the judge sees, of `request`, `reasoning` and `reply`."""

    criteria: Annotated[list[Criterion], Field(min_length=1)]
    labels: Annotated[list[LabelRule], Field(min_length=1)]
    """Tried in order; the first that holds gives the label."""

    threshold: float = 0.5
    """Share of votes from which the value 1 stands."""

    examples: list[Example] = Field(default_factory=list)

    @model_validator(mode="after")
    def _labels_name_criteria(self) -> "Rubric":
        known = {criterion.id for criterion in self.criteria}
        for rule in self.labels:
            unknown = {*rule.met, *rule.unmet} - known
            if unknown:
                raise ValueError(f"label {rule.label!r}: no criterion {', '.join(sorted(unknown))}")
        return self

    def labelled(self, met: Set[str]) -> LabelRule | None:
        """The first rule that fits a set of met criteria."""
        return next((rule for rule in self.labels if rule.holds(met)), None)

    @property
    def valued(self) -> bool:
        """Whether every label stands for a score."""
        return all(rule.value is not None for rule in self.labels)


class JudgePrompt(Record):
    """The texts around a rubric."""

    canary: Text | None = None
    system: Text
    question: Text
    criterion: Text
    part: Text
    retry: Text

    def render(self, rubric: Rubric, parts: dict[str, str]) -> str:
        """The judge's question about an exchange, given as part name -> text."""
        shown = {name: parts[name] for name in rubric.shows if parts.get(name)}
        criteria = [fill(self.criterion, c.model_dump()) for c in rubric.criteria]
        examples = [f"{self._exchange(e.exchange)}\n{json.dumps(e.answer)}" for e in rubric.examples]
        texts = {
            "about": rubric.about,
            "criteria": "\n".join(criteria),
            "examples": "\n\n".join(examples),
            "exchange": self._exchange(shown),
            "ids": ", ".join(c.id for c in rubric.criteria),
        }
        return fill(self.question, texts)

    def _exchange(self, parts: dict[str, str]) -> str:
        return "\n".join(fill(self.part, {"name": name, "text": text}) for name, text in parts.items())


@cache
def rubric(name: str) -> Rubric:
    """Read a rubric: one that all threats share, one of a threat, or one of your own.

    Args:
        name: The name of a bundled rubric, or the path of a file (ending in `.yaml`).

    Raises:
        ConfigurationError: If there is no such rubric or its file has a fault.
    """
    if name.endswith((".yaml", ".yml")):
        return load(typed_path(name), Rubric)
    known = {path.stem: path for path in sorted(DATA.rglob("rubrics/*.yaml")) if path.stem not in _NO_RUBRICS}
    if name not in known:
        raise ConfigurationError(f"rubric={name!r}: choose from {', '.join(known)}, or give the path of a file")
    return load(known[name], Rubric)


_NO_RUBRICS = ("judge", "markers")
"""Files beside the rubrics: the texts around them, and word lists."""


@cache
def judge_prompt() -> JudgePrompt:
    """Read the texts around every rubric."""
    return load(DATA / "rubrics" / "judge.yaml", JudgePrompt)
