"""Rubrics: what a judge is asked, as data, and how its answers become a label."""

import json
from collections.abc import Mapping, Sequence, Set
from functools import cache, cached_property
from itertools import combinations, product
from math import prod
from typing import Annotated, Any

from pydantic import Field, PrivateAttr, model_validator

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, Record, load, typed_path
from unmask.protocol.frames import fill
from unmask.protocol.items import Slug, Text
from unmask.scorers.judge.exchange import mark_of

__all__ = [
    "Criterion",
    "Example",
    "JudgePrompt",
    "LabelRule",
    "QuestionSet",
    "Rubric",
    "judge_prompt",
    "rubric",
]


class Criterion(Record):
    """One yes-or-no question; a yes needs a quote."""

    id: Slug
    question: Text
    does_not_count: Text
    own_words: bool = False
    """Whether a sentence of the prompt, repeated, shows nothing: it is about what the model itself wants."""

    short_quote: bool = False
    """Whether a single letter or number can be the quote: it is what is asked for."""


class LabelRule(Record):
    """A label and the criteria that lead to it."""

    label: Slug
    value: float | None = None
    """The score that the label stands for, 0 or 1 or a grade between them; none where the scorer derives it."""

    met: list[Slug] = Field(default_factory=list)
    unmet: list[Slug] = Field(default_factory=list)
    at_least: int = 0
    """How many criteria must be met in all."""

    def holds(self, met: Set[str]) -> bool:
        """Whether the label fits a set of met criteria."""
        return set(self.met) <= met and not met & set(self.unmet) and len(met) >= self.at_least


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
    """Parts of the exchange that the judge sees, of `request`, `reasoning`, `reply` and what a scorer adds."""

    needs: list[Slug] = Field(default_factory=list)
    """Parts without which there is nothing to ask."""

    quotes_from: list[Slug] = Field(default_factory=list)
    """Parts that can be quoted, where these are not the model's own words."""

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

    def labelled(self, met: Set[str], unread: Set[str] = frozenset()) -> LabelRule | None:
        """The first rule that fits a set of met criteria; None where its value hangs on what could not be read."""
        found = [self._first(met | {*more}) for n in range(len(unread) + 1) for more in combinations(unread, n)]
        outcomes = {rule and (rule.label if rule.value is None else rule.value) for rule in found}
        return found[0] if len(outcomes) == 1 else None

    def _first(self, met: Set[str]) -> LabelRule | None:
        return next((rule for rule in self.labels if rule.holds(met)), None)

    def probability(self, criteria: Mapping[str, float]) -> float | None:
        """The value to be expected, taking criteria for independent; None where labels have no values.

        Where values are 0 and 1, this is how probable the 1 is.

        Args:
            criteria: How probable it is that each is met, 0 to 1.
        """
        if not self.valued:
            return None
        likely = [criteria[one.id] for one in self.criteria]
        return sum(
            value * prod(p if met else 1 - p for p, met in zip(likely, states, strict=True))
            for states, value in self._values
        )

    @cached_property
    def _values(self) -> list[tuple[tuple[bool, ...], float]]:
        """What every way in which criteria may be met is worth, but for those that are worth nothing."""
        found = []
        for states in product((True, False), repeat=len(self.criteria)):
            rule = self._first({c.id for c, met in zip(self.criteria, states, strict=True) if met})
            if rule and rule.value:
                found.append((states, rule.value))
        return found

    @property
    def own_parts(self) -> list[str]:
        """The parts that can be quoted: those that hold the model's own words, where the rubric names no others."""
        return [name for name in self.shows if name in (self.quotes_from or _OWN)]

    @property
    def valued(self) -> bool:
        """Whether every label stands for a score."""
        return all(rule.value is not None for rule in self.labels)


QuestionSet = tuple[Sequence[Rubric], Mapping[str, str]]
"""Rubrics, and the exchange that they are about."""


class JudgePrompt(Record):
    """The texts around a rubric."""

    canary: Text | None = None
    system: Text
    question: Text
    set: Text
    several: Text
    subject: Text
    criterion: Text
    part: Text
    unreadable: Text
    unsupported: Text
    middling: tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]]
    """Probabilities of the value 1 between which a second grader, where there is one, is asked."""

    _kept: dict[int, tuple[Rubric, str]] = PrivateAttr(default_factory=dict)

    def render(self, rubrics: Sequence[Rubric], parts: Mapping[str, str], *more: QuestionSet) -> str:
        """The judge's questions about an exchange, given as part name -> text, and about others put beside it."""
        sets: list[QuestionSet] = [(rubrics, parts), *more]
        told = [self._set(*one) for one in sets]
        texts = {
            "sets": "\n\n".join([fill(self.several, {"n": str(len(sets))}), *told] if more else told),
            "ids": ", ".join(criterion.id for asked, _ in sets for rubric in asked for criterion in rubric.criteria),
        }
        return fill(self.question, texts)

    def _set(self, rubrics: Sequence[Rubric], parts: Mapping[str, str]) -> str:
        wanted = dict.fromkeys(name for rubric in rubrics for name in rubric.shows)
        shown = {name: parts[name] for name in parts if name in wanted and parts[name]}
        texts = {"subjects": "\n\n".join(map(self._subject, rubrics)), "exchange": self._exchange(shown)}
        return fill(self.set, texts)

    def _subject(self, rubric: Rubric) -> str:
        """A rubric's questions, which are the same for every exchange."""
        kept = self._kept.get(id(rubric))
        if kept is None or kept[0] is not rubric:
            kept = self._kept[id(rubric)] = rubric, self._written(rubric)
        return kept[1]

    def _written(self, rubric: Rubric) -> str:
        examples = [f"{self._exchange(e.exchange)}\n{json.dumps(e.answer)}" for e in rubric.examples]
        texts = {
            "name": rubric.id,
            "about": rubric.about,
            "criteria": "\n".join(fill(self.criterion, c.model_dump()) for c in rubric.criteria),
            "examples": "\n\n".join(examples),
        }
        return fill(self.subject, texts)

    def _exchange(self, parts: Mapping[str, str]) -> str:
        mark = mark_of(parts)
        return "\n".join(fill(self.part, {"name": f"{name}-{mark}", "text": text}) for name, text in parts.items())


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


_OWN = ("reasoning", "reply", "changes")

_NO_RUBRICS = ("judge", "markers")
"""Files beside the rubrics: the texts around them, and word lists."""


@cache
def judge_prompt() -> JudgePrompt:
    """Read the texts around every rubric."""
    return load(DATA / "rubrics" / "judge.yaml", JudgePrompt)
