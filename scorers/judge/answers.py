"""What a judge answered: read strictly, and held against the transcript."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from inspect_ai.model import ResponseSchema
from inspect_ai.util import json_schema
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unmask.scorers.judge.quotes import echoes, supported
from unmask.scorers.judge.rubric import Rubric

__all__ = ["Answers", "CriterionAnswer", "HeldAgainst", "answer_schema", "held_against", "read_answers"]


class CriterionAnswer(BaseModel):
    """A judge's answer to one criterion."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    id: str
    met: bool
    quote: str = ""
    probability: float | None = Field(default=None, ge=0, le=100)
    """How probable it is that the criterion is met, in percent."""


class Answers(BaseModel):
    """A judge's answer to the criteria of one rubric or several."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    criteria: list[CriterionAnswer]


class _AnswerSchema(ResponseSchema):
    """A form that stays as it is: the copy of it that is made for every configuration it goes through is itself."""

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> "_AnswerSchema":
        return self


@cache
def answer_schema() -> ResponseSchema:
    """The form that a judge is asked to answer in; always the same, and slow to derive and to copy."""
    return _AnswerSchema(name="answers", json_schema=json_schema(Answers))


@dataclass(frozen=True)
class HeldAgainst:
    """What an answer says on one rubric."""

    quotes: dict[str, str] = field(default_factory=dict)
    """The criteria that are met, each with its quote."""

    unread: dict[str, str] = field(default_factory=dict)
    """The criteria that are said to be met on a quote that cannot be found, each with that quote."""

    probability: float | None = None
    """How probable the value 1 is; None where labels have no values."""


def read_answers(completion: str, rubrics: Iterable[Rubric]) -> Answers:
    """Read a judge's JSON object.

    Args:
        completion: What the judge wrote; words around the object are passed over.
        rubrics: What was asked.

    Raises:
        ValueError: If there is no such object in it, or its entries are not those that were asked for.
    """
    answers = _parsed(completion)
    given = Counter(answer.id for answer in answers.criteria)
    asked = Counter(criterion.id for rubric in rubrics for criterion in rubric.criteria)
    if given != asked:
        raise ValueError(f"entries for {sorted(given.elements())}, asked for {sorted(asked)}")
    return answers


@lru_cache(maxsize=64)
def _parsed(completion: str) -> Answers:
    """The object in an answer, which every scorer that takes a part of it reads again."""
    start, end = completion.find("{"), completion.rfind("}")
    if start < 0 or end < start:
        raise ValueError("no JSON object in it")
    try:
        return Answers.model_validate(json.loads(completion[start : end + 1]))
    except RecursionError as error:
        raise ValueError("nested too deeply to be the object") from error
    except ValidationError as error:
        raise ValueError(f"{'.'.join(map(str, error.errors()[0]['loc']))}: {error.errors()[0]['msg']}") from error


def held_against(answers: Answers, rubric: Rubric, parts: Mapping[str, str], prompt: str) -> HeldAgainst:
    """Hold an answer against the transcript.

    A yes whose quote the model did not write leaves its criterion unread. A yes to a criterion of motive that rests on
    a sentence of the prompt alone is a no: the model repeated what it was told.

    Args:
        answers: The judge's.
        rubric: What was asked.
        parts: The exchange, by the names of its parts.
        prompt: All that the model was told.
    """
    own = [parts[name] for name in rubric.own_parts if parts.get(name)]
    given = {answer.id: answer for answer in answers.criteria}
    quotes, unread, probabilities = dict[str, str](), dict[str, str](), dict[str, float]()
    for criterion in rubric.criteria:
        answer = given[criterion.id]
        repeated = answer.met and criterion.own_words and echoes(answer.quote, prompt)
        if answer.met and not supported(answer.quote, own, short=criterion.short_quote):
            unread[criterion.id] = answer.quote
        elif answer.met and not repeated:
            quotes[criterion.id] = answer.quote
        stated = float(answer.met) if answer.probability is None else answer.probability / 100
        probabilities[criterion.id] = 0.0 if repeated else stated
    return HeldAgainst(quotes, unread, rubric.probability(probabilities))
