"""The rubric judge: criteria, quotes, votes; blind to the arm; silent rather than wrong.

It is shown the bare item and the model's own words. The system message and the frame are kept from it. An answer that
cannot be read is asked for once more, then counts as a failed vote; too many of these leave the sample unscored.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ResponseSchema,
)
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState
from inspect_ai.util import LimitExceededError, json_schema
from pydantic import ValidationError

from unmask.protocol.errors import ConfigurationError
from unmask.scorers.judge.graders import bound_graders
from unmask.scorers.judge.kept_answers import answer_key, keep, recall
from unmask.scorers.judge.quotes import supported
from unmask.scorers.judge.rubric import Answers, Rubric, judge_prompt, rubric
from unmask.scorers.judge.votes import Judgement, Vote, counted
from unmask.scorers.transcript import Transcript, read_transcript

__all__ = ["Judge", "judged"]


@dataclass(frozen=True)
class Judge:
    """The graders, as one scorer asks them about one transcript."""

    transcript: Transcript
    votes: int
    """How often each grader is asked."""

    reader: str
    """The scorer that asks; several that ask the same share one call, see `unmask.scorers.judge.kept_answers`."""

    async def ask(self, name: str, parts: Mapping[str, str] | None = None, prompt: str | None = None) -> Judgement:
        """Put an exchange to the graders.

        Args:
            name: The rubric.
            parts: The exchange, by the names of its parts; the transcript's own `request`, `reasoning` and `reply` if
                left out. What the rubric does not show is left out.
            prompt: All that the model was told, as a quote of it shows nothing; the transcript's where left out.

        Raises:
            ConfigurationError: If there is no such rubric, or no grader is bound and the model under test is not an
                organism.
        """
        question = _Question(
            self,
            rubric(name),
            dict(self.transcript.parts if parts is None else parts),
            self.transcript.prompt if prompt is None else prompt,
        )
        graders = bound_graders()
        cast = [
            await question.vote(grader, f"{grader}/{n}", v)
            for n, grader in enumerate(graders)
            for v in range(self.votes)
        ]
        return counted(question.rubric, cast, [str(grader) for grader in graders])


@dataclass(frozen=True)
class _Question:
    """A rubric about an exchange."""

    judge: Judge
    rubric: Rubric
    parts: dict[str, str]
    prompt: str

    async def vote(self, grader: Model, name: str, vote: int) -> Vote:
        """One grader's answer: one that is kept already, or its own at the first or second try."""
        texts = judge_prompt()
        messages: list[ChatMessage] = [
            ChatMessageSystem(content=texts.system),
            ChatMessageUser(content=texts.render(self.rubric, self.parts)),
        ]
        store, reader, key = self.judge.transcript.store, self.judge.reader, answer_key(name, vote, messages)
        known, fault = recall(store, key, reader), ""
        if known is not None:
            return self._checked(known)
        for _ in range(2):
            try:
                output = await grader.generate(messages, config=_config())
            except (LimitExceededError, ConfigurationError):
                raise
            except Exception as error:  # a provider may raise anything; the sample keeps its other scores
                cause = error.__cause__ or error  # the `RetryError` around the last of several attempts says nothing
                return Vote(fault=f"{grader}: {type(cause).__name__}: {cause}")
            try:
                checked = self._checked(output.completion)
            except ValueError as error:
                fault = str(error).splitlines()[0]
                retry = texts.retry.replace("{fault}", fault)
                messages = [*messages, ChatMessageAssistant(content=output.completion), ChatMessageUser(content=retry)]
            else:
                keep(store, key, reader, output.completion)
                return checked
        return Vote(fault=f"{grader}: unreadable verdict: {fault}")

    def _checked(self, completion: str) -> Vote:
        answers = _read(completion, self.rubric)
        own = "\n".join(self.parts.get(name, "") for name in self.rubric.shows if name != "request")
        quotes = {a.id: a.quote for a in answers.criteria if a.met and supported(a.quote, own, self.prompt)}
        return Vote(rule=self.rubric.labelled(quotes.keys()), quotes=quotes)


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


@scorer(metrics=[mean(), stderr()])
def judged(rubric: str, votes: int = 1) -> Scorer:
    """Score a whole answer by a rubric alone, with no rule before it.

    Args:
        rubric: Name of a bundled rubric whose labels have values.
        votes: How often each grader is asked.

    Raises:
        ConfigurationError: If there is no such rubric.
    """

    async def score(state: TaskState, target: Target) -> Score:
        return (await Judge(read_transcript(state), votes, f"judged/{rubric}").ask(rubric)).score()

    return score
