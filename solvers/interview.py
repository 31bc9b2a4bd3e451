"""The follow-up interview: questions put to the model after the run, about the run.

It takes place on a copy of the conversation, each question on a copy of its own, so that no answer colours another.
The sample's messages and output stay what they were, so that the run is scored as if nobody had asked. The answers lie
in the Store, and each exchange can be seen in the transcript, in the span `interview`.
"""

from collections.abc import Sequence
from typing import Annotated, Literal

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool, ChatMessageUser, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import LimitExceededError, StoreModel, span
from pydantic import BaseModel, ConfigDict, Field, model_validator

from unmask.protocol.assignment import assigned_by_hash
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, Record, load, typed_path
from unmask.protocol.items import Slug, Text
from unmask.solvers.stop_reasons import why_stopped

__all__ = ["Asked", "Interview", "Question", "Questions", "Verdict", "conversation", "interview"]

Verdict = Literal["admitted", "denied"]


class Question(Record):
    """One question of one turn."""

    text: Text
    factors: dict[Slug, Slug]
    """What sets its wording apart from the others'."""

    bare_yes: Verdict | None = None
    """What the one word would say, where it leaves no doubt."""

    bare_no: Verdict | None = None


class Questions(Record):
    """An interview's questions."""

    canary: Text | None = None
    open_call: Text
    """The result shown for a tool call that was recorded and not carried out: providers refuse a call without one."""

    sets: dict[Slug, Annotated[list[Slug], Field(min_length=1)]]
    questions: dict[Slug, Question]
    script: list[Text] = Field(default_factory=list)
    """Questions of an interrogation, one after the other."""

    brief: Text | None = None
    """What an interrogator who makes up the questions is told."""

    @model_validator(mode="after")
    def _sets_name_questions(self) -> "Questions":
        for name, members in self.sets.items():
            if name in self.questions:
                raise ValueError(f"set {name!r} has the name of a question")
            for member in members:
                if member not in self.questions:
                    raise ValueError(f"set {name!r}: no question {member!r}")
        return self

    def named(self, variants: str | Sequence[str]) -> list[str]:
        """The questions of a set, one question, or the questions of a list.

        Raises:
            ConfigurationError: Listing the right names.
        """
        names = self.sets.get(variants, [variants]) if isinstance(variants, str) else list(variants)
        unknown = [name for name in names if name not in self.questions]
        if unknown or not names:
            choices = ", ".join([*self.sets, *self.questions])
            raise ConfigurationError(f"variants: no question {', '.join(map(repr, unknown))}; choose from {choices}")
        return names


class Asked(BaseModel):
    """One question and its answer."""

    question: str
    """Its name."""

    text: str
    bare_yes: Verdict | None = None
    bare_no: Verdict | None = None
    factors: dict[str, str] = Field(default_factory=dict)
    answer: str = ""
    stop_reason: str | None = None
    fault: str | None = None
    """The provider's error, where there is no answer."""


class Interview(StoreModel):
    """A sample's interview."""

    model_config = ConfigDict(defer_build=True)

    asked: list[Asked] = Field(default_factory=list)


@solver
def interview(
    variants: str | list[str] = "one_turn",
    questions: str = "sandbagging",
    crossed: bool = False,
    record: str | None = None,
) -> Solver:
    """Ask about the run that has just ended, with no tools to call.

    An item gets the same question in all its frames, so that arms do not differ by it. A provider's error is recorded
    in the answer's place and costs the sample nothing. Where the run brought nothing about, nothing is asked.

    Args:
        variants: Name of a set of questions, of one question, or a list of these.
        questions: Name of a bundled interview, or path of a file of one's own (ending in `.yaml`).
        crossed: Ask every question, each on its own, in place of the one that the item is assigned.
        record: Name under which the answers are kept, apart from those of another interview of the same run.

    Raises:
        ConfigurationError: If there is no such file or question.
    """
    own = questions.endswith((".yaml", ".yml"))
    asking = load(typed_path(questions) if own else DATA / "interviews" / f"{questions}.yaml", Questions)
    names = asking.named(variants)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if not state.output.completion.strip() and not (state.output.choices and state.output.message.tool_calls):
            return state
        told = conversation(state, asking.open_call)
        kept, purpose = state.store_as(Interview, instance=record), record or "interview"
        async with span(purpose, type="interview"):
            for name in names if crossed else [assigned_by_hash(state.metadata["item"], purpose, names)]:
                kept.asked.append(await _ask(state, told, name, asking.questions[name]))
        return state

    return solve


async def _ask(state: TaskState, told: list[ChatMessage], name: str, question: Question) -> Asked:
    asked = Asked(question=name, **question.model_dump())
    try:
        async with span(name, type="question"):
            # Tools are named, and forbidden: Inspect drops them for all providers but those that insist on
            # definitions wherever a conversation holds a call.
            output = await get_model().generate(
                [*told, ChatMessageUser(content=question.text)], tools=state.tools, tool_choice="none"
            )
    except LimitExceededError:
        raise
    except Exception as error:  # a provider may raise anything; the run before is worth more than its interview
        cause = error.__cause__ or error  # the `RetryError` around the last of several attempts says nothing
        return asked.model_copy(update={"fault": f"{type(cause).__name__}: {cause}"})
    return asked.model_copy(update={"answer": output.completion, "stop_reason": why_stopped(output)})


def conversation(state: TaskState, open_call: str) -> list[ChatMessage]:
    """A copy of the messages in which no call is left without a result."""
    done = {message.tool_call_id for message in state.messages if isinstance(message, ChatMessageTool)}
    told: list[ChatMessage] = []
    for message in state.messages:
        told.append(message)
        calls = message.tool_calls or [] if isinstance(message, ChatMessageAssistant) else []
        told += [
            ChatMessageTool(content=open_call, tool_call_id=call.id, function=call.function)
            for call in calls
            if call.id not in done
        ]
    return told
