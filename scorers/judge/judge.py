"""The rubric judge: criteria, quotes, votes; blind to the arm; silent rather than wrong.

It is shown the bare item and the model's own words. The system message and the frame are kept from it. An answer that
cannot be read, or quotes what is not there, is asked for once more. After that an unreadable one counts as a failed
vote, and a criterion whose quote cannot be found as unread: a verdict that hangs on it is none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
)
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import TaskState
from inspect_ai.util import LimitExceededError

from unmask.protocol.errors import ConfigurationError
from unmask.scorers.judge.answers import answer_schema, held_against, read_answers
from unmask.scorers.judge.graders import bound_graders
from unmask.scorers.judge.kept_answers import answer_key, keep, recall
from unmask.scorers.judge.panels import asked_together
from unmask.scorers.judge.rubric import Rubric, judge_prompt, rubric
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

        What a threat's panel asks together is asked in one call, and each scorer takes its own part of the answer.

        Args:
            name: The rubric.
            parts: The exchange, by the names of its parts; the transcript's own `request`, `reasoning` and `reply` if
                left out. What the rubric does not show is left out.
            prompt: All that the model was told, as a quote of it shows no wish of the model's own; the transcript's
                where left out.

        Raises:
            ConfigurationError: If there is no such rubric, or no grader is bound and the model under test is not an
                organism.
        """
        shown = dict(self.transcript.parts if parts is None else parts)
        told = self.transcript.prompt if prompt is None else prompt
        question = _Question(self, self._together(name, shown, alone=parts is not None), shown, told)
        graders, wanted = bound_graders(), rubric(name)
        cast = [
            await question.vote(grader, f"{grader}/{n}", v, wanted)
            for n, grader in enumerate(graders)
            for v in range(self.votes)
        ]
        source = self.transcript.output.message.id if self.transcript.output.choices else None
        return counted(wanted, cast, [str(grader) for grader in graders], source)

    def _together(self, name: str, parts: Mapping[str, str], *, alone: bool) -> list[Rubric]:
        design = self.transcript.design
        return [rubric(name)] if alone or design is None else asked_together(name, design.threat, design.track, parts)


@dataclass(frozen=True)
class _Question:
    """Rubrics about an exchange."""

    judge: Judge
    rubrics: list[Rubric]
    parts: dict[str, str]
    prompt: str

    async def vote(self, grader: Model, name: str, vote: int, wanted: Rubric) -> Vote:
        """One grader's vote on a rubric, from an answer that is kept already or asked for now."""
        messages: list[ChatMessage] = [
            ChatMessageSystem(content=judge_prompt().system),
            ChatMessageUser(content=judge_prompt().render(self.rubrics, self.parts)),
        ]
        store, key = self.judge.transcript.store, answer_key(name, vote, messages)
        reader = f"{self.judge.reader}/{wanted.id}"
        known = recall(store, key, reader)
        if known is None:
            completion, fault = await self._asked(grader, messages)
            keep(store, key, reader, completion, fault)
        else:
            completion, fault = known.completion, known.fault
        if fault:
            return Vote(fault=f"{grader}: {fault}")
        found = held_against(read_answers(completion, self.rubrics), wanted, self.parts, self.prompt)
        rule = wanted.labelled(found.quotes.keys(), found.unread.keys())
        return Vote(rule, found.quotes, found.unread, found.probability)

    async def _asked(self, grader: Model, messages: list[ChatMessage]) -> tuple[str, str]:
        """The grader's answer at the first or second try, and why it cannot be read where it cannot."""
        completion, fault, texts = "", "", judge_prompt()
        for _ in range(2):
            try:
                output = await grader.generate(messages, config=GenerateConfig(response_schema=answer_schema()))
            except (LimitExceededError, ConfigurationError):
                raise
            except Exception as error:  # a provider may raise anything; the sample keeps its other scores
                cause = error.__cause__ or error  # the `RetryError` around the last of several attempts says nothing
                return completion, "" if completion else f"{type(cause).__name__}: {cause}"
            try:
                lost = self._lost(output.completion)
            except ValueError as error:
                fault = f"unreadable verdict: {str(error).splitlines()[0]}"
                retry = texts.unreadable.replace("{fault}", str(error).splitlines()[0])
            else:
                completion, fault = output.completion, ""
                retry = texts.unsupported.replace("{quotes}", lost)
                if not lost:
                    break
            messages = [*messages, ChatMessageAssistant(content=output.completion), ChatMessageUser(content=retry)]
        return completion, "" if completion else fault

    def _lost(self, completion: str) -> str:
        """The criteria whose quotes cannot be found, each with its quote."""
        answers = read_answers(completion, self.rubrics)
        found = [held_against(answers, rubric, self.parts, self.prompt).unread for rubric in self.rubrics]
        return "; ".join(f'{name}: "{quote}"' for unread in found for name, quote in unread.items())


@scorer(metrics=[mean(), stderr()])
def judged(rubric: str, votes: int = 1) -> Scorer:
    """Score a whole answer by a rubric alone, with no rule before it and no other rubric beside it.

    Args:
        rubric: Name of a bundled rubric whose labels have values.
        votes: How often each grader is asked.

    Raises:
        ConfigurationError: If there is no such rubric.
    """

    async def score(state: TaskState, target: Target) -> Score:
        judge = Judge(read_transcript(state), votes, f"judged/{rubric}")
        return (await judge.ask(rubric, judge.transcript.parts)).score()

    return score
