"""The rubric judge: criteria, quotes, votes; blind to the arm; silent rather than wrong.

It is shown the bare item and the model's own words. The system message and the frame are kept from it. An answer that
cannot be read, or quotes what is not there, is asked for once more. After that an unreadable one counts as a failed
vote, and a criterion whose quote cannot be found as unread: a verdict that hangs on it is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

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
from inspect_ai.util import LimitExceededError, Store

from unmask.protocol.errors import ConfigurationError
from unmask.scorers.judge.answers import Answers, answer_schema, held_against, read_answers
from unmask.scorers.judge.graders import bound_graders, second_graders
from unmask.scorers.judge.kept_answers import answer_key, is_kept, keep, recall
from unmask.scorers.judge.panels import asked_beside, asked_together
from unmask.scorers.judge.rubric import Rubric, judge_prompt, rubric
from unmask.scorers.judge.votes import Judgement, Vote, counted, in_doubt
from unmask.scorers.transcript import Transcript, read_transcript

__all__ = ["Judge", "View", "judged"]


@dataclass(frozen=True)
class Judge:
    """The graders, as one scorer asks them about one transcript."""

    transcript: Transcript
    votes: int
    """How often each grader is asked."""

    reader: str
    """The scorer that asks; several that ask the same share one call, see `unmask.scorers.judge.kept_answers`."""

    async def ask(
        self, name: str, parts: Mapping[str, str] | None = None, prompt: str | None = None, then: Sequence[View] = ()
    ) -> Judgement:
        """Put an exchange to the graders.

        What a threat's panel asks together is asked in one call, and each scorer takes its own part of the answer; so
        is what is asked of another view of the run, as a set of questions of its own. Where graders are bound to the
        role `second_grader`, they alone decide what the first leave in doubt; what these said stands beside it.

        Args:
            name: The rubric.
            parts: The exchange, by the names of its parts; the transcript's own `request`, `reasoning` and `reply` if
                left out. What the rubric does not show is left out.
            prompt: All that the model was told, as a quote of it shows no wish of the model's own; the transcript's
                where left out.
            then: What will be asked next if this answer does not decide; it goes into the same call.

        Raises:
            ConfigurationError: If there is no such rubric, or no grader is bound and the model under test is not an
                organism.
        """
        own = self._view(name, parts, prompt)
        question = _Question(self, [own, *then, *([] if parts is None else self._panel(name))])
        found = await self._counted(question, rubric(name), bound_graders())
        second = second_graders()
        if not second or not in_doubt(found, judge_prompt().middling):
            return found
        first = {"first": {**found.detail, "class": found.label, "probability": found.probability}}
        decided = await self._counted(question, rubric(name), second, "second/")
        return replace(decided, detail={**decided.detail, **first})

    async def _counted(self, question: _Question, wanted: Rubric, graders: list[Model], prefix: str = "") -> Judgement:
        """What the votes of a panel come to."""
        cast = [
            await question.vote(grader, f"{prefix}{grader}/{n}", v, wanted)
            for n, grader in enumerate(graders)
            for v in range(self.votes)
        ]
        source = self.transcript.output.message.id if self.transcript.output.choices else None
        return counted(wanted, cast, [str(grader) for grader in graders], source)

    def view(self, name: str, parts: Mapping[str, str], prompt: str) -> View:
        """A rubric with the exchange that it is asked about.

        Args:
            name: The rubric.
            parts: The exchange, by the names of its parts.
            prompt: All that the model was told.
        """
        return View([rubric(name)], dict(parts), prompt)

    def _view(self, name: str, parts: Mapping[str, str] | None, prompt: str | None) -> View:
        design, told = self.transcript.design, self.transcript.prompt if prompt is None else prompt
        if parts is not None or design is None:
            return self.view(name, self.transcript.parts if parts is None else parts, told)
        shown = self.transcript.parts
        return View(asked_together(name, design.threat, design.track, shown), shown, told)

    def _panel(self, name: str) -> list[View]:
        """The panel about the whole exchange that goes into the same call as a rubric with a view of its own."""
        design, shown = self.transcript.design, self.transcript.parts
        if design is None or not f"{shown['reasoning']}{shown['reply']}".strip():
            return []
        rubrics = asked_beside(name, design.threat, design.track, shown)
        return [View(rubrics, shown, self.transcript.prompt)] if rubrics else []


@dataclass(frozen=True)
class View:
    """Rubrics about one exchange."""

    rubrics: list[Rubric]
    parts: dict[str, str]
    prompt: str
    """All that the model was told."""

    @property
    def criteria(self) -> set[str]:
        """Ids of the criteria."""
        return {criterion.id for one in self.rubrics for criterion in one.criteria}

    def key(self, grader: str, vote: int) -> str:
        """What an answer to these questions is kept under, whatever was asked in the same call."""
        return answer_key(grader, vote, self.alone)

    @cached_property
    def alone(self) -> list[ChatMessage]:
        """What a grader is asked where these are all questions; written once, as several scorers look for an answer."""
        return _messages([self])

    def unread(self, answers: Answers) -> dict[str, str]:
        """The criteria whose quotes cannot be found, each with its quote."""
        found = [held_against(answers, one, self.parts, self.prompt).unread for one in self.rubrics]
        return {name: quote for unread in found for name, quote in unread.items()}


@dataclass(frozen=True)
class _Question:
    """What is wanted, and what is asked in the same call."""

    judge: Judge
    views: list[View]

    async def vote(self, grader: Model, name: str, vote: int, wanted: Rubric) -> Vote:
        """One grader's vote on a rubric, from an answer that is kept already or asked for now."""
        own, store, reader = self.views[0], self.judge.transcript.store, f"{self.judge.reader}/{wanted.id}"
        key = own.key(name, vote)
        known = recall(store, key, reader)
        if known is None:
            asked = {key: own, **self._beside(store, name, vote, anew=is_kept(store, key))}
            completion, fault = await self._asked(grader, list(asked.values()))
            said = {of: _part(completion, fault, one, list(asked.values())) for of, one in asked.items()}
            keep(store, said, reader, fault)
            completion = said[key]
        else:
            completion, fault = known.completion, known.fault
        if fault:
            return Vote(fault=f"{grader}: {fault}")
        found = held_against(read_answers(completion, own.rubrics), wanted, own.parts, own.prompt)
        rule = wanted.labelled(found.quotes.keys(), found.unread.keys())
        return Vote(rule, found.quotes, found.unread, found.probability)

    def _beside(self, store: Store, name: str, vote: int, *, anew: bool) -> dict[str, View]:
        """What goes into the same call, by what it is kept under: what was not asked yet, or all in a scoring anew."""
        others = {one.key(name, vote): one for one in self.views[1:]}
        return {key: one for key, one in others.items() if anew or not is_kept(store, key)}

    async def _asked(self, grader: Model, views: list[View]) -> tuple[str, str]:
        """The grader's answer at the first or second try, and why it cannot be read where it cannot."""
        completion, fault, texts = "", "", judge_prompt()
        messages = views[0].alone if len(views) == 1 else _messages(views)
        for _ in range(2):
            try:
                output = await grader.generate(messages, config=GenerateConfig(response_schema=answer_schema()))
            except (LimitExceededError, ConfigurationError):
                raise
            except Exception as error:  # a provider may raise anything; the sample keeps its other scores
                cause = error.__cause__ or error  # the `RetryError` around the last of several attempts says nothing
                return completion, "" if completion else f"{type(cause).__name__}: {cause}"
            try:
                lost = _lost(output.completion, views)
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


def _messages(views: Sequence[View]) -> list[ChatMessage]:
    """What a grader is asked."""
    first, *others = views
    asked = judge_prompt().render(first.rubrics, first.parts, *((one.rubrics, one.parts) for one in others))
    return [ChatMessageSystem(content=judge_prompt().system), ChatMessageUser(content=asked)]


def _lost(completion: str, views: Sequence[View]) -> str:
    """The criteria whose quotes cannot be found, each with its quote."""
    answers = read_answers(completion, [one for view in views for one in view.rubrics])
    return "; ".join(f'{name}: "{quote}"' for view in views for name, quote in view.unread(answers).items())


def _part(completion: str, fault: str, view: View, asked: Sequence[View]) -> str:
    """What an answer says to one view's questions; the whole of it where only these were asked or it has a fault."""
    if fault or len(asked) == 1:
        return completion
    answers = read_answers(completion, [one for each in asked for one in each.rubrics])
    own = [answer for answer in answers.criteria if answer.id in view.criteria]
    return Answers(criteria=own).model_dump_json(exclude_none=True)


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
