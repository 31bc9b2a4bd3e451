"""The rubric judge: criteria, quotes, votes; blind to the arm; silent rather than wrong.

It is shown the bare item and the model's own words. The system message and the frame are kept from it. An answer that
cannot be read is asked for once more, then counts as a failed vote; too many of these leave the sample unscored.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ResponseSchema,
)
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState
from inspect_ai.util import LimitExceededError, json_schema
from pydantic import ValidationError

from unmask.protocol.errors import ConfigurationError
from unmask.scorers.judge.graders import bound_graders
from unmask.scorers.judge.quotes import supported
from unmask.scorers.judge.rubric import Answers, Rubric, VerdictRule, judge_prompt, rubric

__all__ = ["Judgement", "ask_judge", "judged"]


@dataclass(frozen=True)
class Judgement:
    """What the votes on one exchange come to."""

    rubric: str
    label: str | None
    """None where no label was reached; `reason` then says why."""

    value: float | None
    share: float
    """Share of the readable votes that stand for the value 1, or for the label where labels have no value."""

    reason: str | None
    detail: dict[str, Any] = field(default_factory=dict)
    """Votes, graders, the criteria met with their quotes, faults."""

    def explanation(self) -> str:
        """The label, the votes and the quotes, for a person."""
        read, cast = self.detail["readable"], self.detail["votes"]
        share = f", share {self.share:.2f}" if read else ""
        head = f"{self.rubric}: {self.label or 'no verdict'} ({read} of {cast} votes read{share})"
        faults = [f"- {fault}" for fault in self.detail["faults"]]
        quotes = [f'- {name}: "{quote}"' for name, quote in self.detail["quotes"].items()]
        return "\n".join([head, *quotes, *faults])

    def score(
        self, value: float | None = None, answer: str | None = None, extra: dict[str, Any] | None = None
    ) -> Score:
        """The finding as a score: its own value where none is given, unscored where it has none either."""
        value = self.value if value is None else value
        shared = {"by": "judge", "class": self.label, "vote_share": self.share, **self.detail, **(extra or {})}
        explanation = self.explanation()
        if value is None:
            return Score.unscored(reason=self.reason, answer=answer, explanation=explanation, metadata=shared)
        return Score(value=value, answer=answer, explanation=explanation, metadata=shared)


@dataclass(frozen=True)
class _Vote:
    rule: VerdictRule | None = None
    quotes: dict[str, str] = field(default_factory=dict)
    fault: str | None = None


async def ask_judge(name: str, parts: dict[str, str], told: str, votes: int = 1) -> Judgement:
    """Put an exchange to the graders.

    Args:
        name: The rubric.
        parts: The exchange: `request`, `reasoning`, `reply`; what the rubric does not show is left out.
        told: All that the model was told; a quote of it shows nothing.
        votes: How often each grader is asked.

    Raises:
        ConfigurationError: If no grader is bound and the model under test is not an organism.
    """
    wanted = rubric(name)
    graders = bound_graders()
    cast = [await _vote(grader, wanted, parts, told) for grader in graders for _ in range(votes)]
    return _tally(wanted, cast, [str(grader) for grader in graders])


async def _vote(grader: Model, wanted: Rubric, parts: dict[str, str], told: str) -> _Vote:
    texts = judge_prompt()
    messages: list[ChatMessage] = [
        ChatMessageSystem(content=texts.system),
        ChatMessageUser(content=texts.render(wanted, parts)),
    ]
    fault = ""
    for _ in range(2):
        try:
            output = await grader.generate(messages, config=_config())
        except (LimitExceededError, ConfigurationError):
            raise
        except Exception as error:  # a provider may raise anything; the sample keeps its other scores
            cause = error.__cause__ or error  # the `RetryError` around the last of several attempts says nothing
            return _Vote(fault=f"{grader}: {type(cause).__name__}: {cause}")
        try:
            return _checked(wanted, parts, told, _read(output.completion, wanted))
        except ValueError as error:
            fault = str(error).splitlines()[0]
            retry = texts.retry.replace("{fault}", fault)
            messages = [*messages, ChatMessageAssistant(content=output.completion), ChatMessageUser(content=retry)]
    return _Vote(fault=f"{grader}: unreadable verdict: {fault}")


def _config() -> GenerateConfig:
    return GenerateConfig(response_schema=ResponseSchema(name="answers", json_schema=json_schema(Answers)))


def _read(completion: str, wanted: Rubric) -> Answers:
    start, end = completion.find("{"), completion.rfind("}")
    if start < 0 or end < start:
        raise ValueError("no JSON object in it")
    try:
        answers = Answers.model_validate(json.loads(completion[start : end + 1]))
    except RecursionError as error:
        raise ValueError("nested too deeply to be the object") from error
    except ValidationError as error:
        raise ValueError(f"{'.'.join(map(str, error.errors()[0]['loc']))}: {error.errors()[0]['msg']}") from error
    given, asked = Counter(a.id for a in answers.criteria), Counter(c.id for c in wanted.criteria)
    if given != asked:
        raise ValueError(f"entries for {sorted(given.elements())}, asked for {sorted(asked)}")
    return answers


def _checked(wanted: Rubric, parts: dict[str, str], told: str, answers: Answers) -> _Vote:
    own = "\n".join(parts.get(name, "") for name in wanted.shows if name != "request")
    quotes = {a.id: a.quote for a in answers.criteria if a.met and supported(a.quote, own, told)}
    return _Vote(rule=wanted.verdict(quotes.keys()), quotes=quotes)


def _tally(wanted: Rubric, cast: list[_Vote], graders: list[str]) -> Judgement:
    read = [vote for vote in cast if vote.fault is None]
    rules = [vote.rule for vote in read if vote.rule is not None]
    label, value, share = _outcome(wanted, rules, len(read))
    reason = "grader_failed" if 2 * len(read) <= len(cast) else "no_verdict" if label is None else None
    chosen = next((vote for vote in read if vote.rule is not None and vote.rule.label == label), _Vote())
    detail = {
        "graders": graders,
        "votes": len(cast),
        "readable": len(read),
        "quotes": chosen.quotes,
        "faults": [vote.fault for vote in cast if vote.fault],
    }
    if reason == "grader_failed":
        label, value = None, None
    return Judgement(wanted.id, label, value, share, reason, detail)


def _outcome(wanted: Rubric, rules: list[VerdictRule], read: int) -> tuple[str | None, float | None, float]:
    """Label, value and share: by threshold where labels have values, by majority where they have none."""
    if 2 * len(rules) <= read or not rules:
        return None, None, 0.0
    if not wanted.valued:
        label, count = Counter(rule.label for rule in rules).most_common(1)[0]
        return (label if 2 * count > read else None), None, count / read
    share = sum(rule.value or 0.0 for rule in rules) / len(rules)
    value = 1.0 if share >= wanted.threshold else 0.0
    label = Counter(rule.label for rule in rules if rule.value == value).most_common(1)[0][0]
    return label, value, share


@scorer(metrics=[])
def judged(rubric: str, votes: int = 1) -> Scorer:
    """Score a whole answer by a rubric alone, with no rule before it.

    Args:
        rubric: Name of a bundled rubric whose verdicts have values.
        votes: How often each grader is asked.

    Raises:
        ConfigurationError: If there is no such rubric.
    """
    from unmask.scorers.transcript import read_transcript

    async def score(state: TaskState, target: Target) -> Score:
        found = read_transcript(state, votes)
        return (await ask_judge(rubric, found.parts, found.told, votes)).score()

    return score
