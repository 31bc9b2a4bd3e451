"""A sample's transcript as scorers read it: a pure function of its design, its messages, its output and its Store."""

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from operator import is_
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ModelOutput
from inspect_ai.solver import TaskState
from inspect_ai.util import Store

from unmask.protocol.design import SampleDesign
from unmask.scorers.version_1a import read_design, upgrade_store
from unmask.solvers.reasoning import Answer, read_answer
from unmask.solvers.stop_reasons import why_stopped

__all__ = ["Transcript", "read_transcript", "transcript_of"]


@dataclass(frozen=True)
class Transcript:
    """What the model was told, what it answered, and what it left in the Store."""

    design: SampleDesign | None
    """None for a sample that the suite did not make, such as one of somebody else's task."""

    request: str
    """The bare item."""

    options: tuple[str, ...]
    """The item's options as displayed, where an answer is one of several."""

    prompt: str
    """All that the model was told: system, user and tool messages."""

    output: ModelOutput
    answer: Answer
    """The model's answer, taken apart by the channel in which it was asked to reason."""

    store: Store

    @property
    def reply(self) -> str:
        """The reply where it arrived whole, else all that stands outside the reasoning."""
        return self.answer.reply.text if self.answer.reply.status == "ok" else self.answer.text

    @property
    def parts(self) -> dict[str, str]:
        """The exchange as a judge may see it: the bare item and the model's own words."""
        answer = self.answer
        said = {"reasoning": answer.reasoning.text, "decision": answer.decision.text, "reply": self.reply}
        return {"request": self.request, **said}

    @property
    def stop_reason(self) -> str | None:
        """Why the model stopped; None where it gave no answer at all."""
        return why_stopped(self.output)

    @property
    def treated(self) -> bool:
        """Whether the sample is in the treatment arm."""
        return self.design is not None and self.design.treated

    @property
    def in_workspace(self) -> bool:
        """Whether the frame's texts stood in files that the model had to open."""
        return self.design is not None and self.design.layout == "workspace"

    @property
    def tools_offered(self) -> bool:
        """Whether the item's tools were there to be called."""
        return self.design is not None and self.design.tools == "offered"


def transcript_of(
    design: SampleDesign | None,
    request: str,
    messages: Sequence[ChatMessage],
    output: ModelOutput,
    store: Store,
    options: Sequence[str] = (),
) -> Transcript:
    """Read a transcript.

    Args:
        design: The sample's place in the design.
        request: The bare item.
        messages: The conversation, the model's last answer among them.
        output: That answer; one without choices reads as empty.
        store: The sample's Store.
        options: The item's options as displayed.
    """
    return Transcript(
        design=design,
        request=request,
        options=tuple(options),
        prompt="\n".join(message.text for message in messages if message.role in {"system", "user", "tool"}),
        output=output,
        answer=read_answer(output, design.reasoning if design else None, _earlier(messages, output)),
        store=store,
    )


def read_transcript(state: TaskState) -> Transcript:
    """Read the transcript of a sample that is being scored, also of a log of version 1-A.

    Args:
        state: The sample's state, live or rebuilt from a log.
    """
    last = _last.get()
    if last is not None and last.is_of(state):
        return last.transcript
    upgrade_store(state.store)
    design = read_design(state.metadata, state.messages, state.store)
    options = [choice.value for choice in state.choices]
    found = transcript_of(design, state.input_text, state.messages, state.output, state.store, options)
    _last.set(_Read(found, tuple(state.messages), dict(state.metadata), state.store))
    return found


@dataclass(frozen=True)
class _Read:
    """A transcript that was read, with what it was read from; the scorers of a sample come one after the other."""

    transcript: Transcript
    messages: tuple[ChatMessage, ...]
    metadata: dict[str, Any]
    store: Store

    def is_of(self, state: TaskState) -> bool:
        """Whether it still is what would be read."""
        same = state.store is self.store and state.output is self.transcript.output
        told = same and len(state.messages) == len(self.messages) and self.metadata == state.metadata
        return told and all(map(is_, state.messages, self.messages))


_last: ContextVar[_Read | None] = ContextVar("unmask_transcript", default=None)


def _earlier(messages: Sequence[ChatMessage], output: ModelOutput) -> list[ChatMessageAssistant]:
    """The turns in which the model worked with tools before its answer."""
    start = max((n for n, m in enumerate(messages) if m.role == "user"), default=-1)
    turns = [m for m in messages[start + 1 :] if isinstance(m, ChatMessageAssistant)]
    return [m for m in turns if not output.choices or m.id != output.message.id]
