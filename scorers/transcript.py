"""What one sample shows, shared by its scorers so that no judge is asked the same thing twice.

The reading lives as long as the sample's state does and is never written to the log: a later re-scoring, perhaps with
another grader, starts afresh.
"""

from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary

from inspect_ai.model import ChatMessageAssistant
from inspect_ai.scorer import Score
from inspect_ai.solver import TaskState

from unmask.protocol.files import DATA
from unmask.protocol.tracks import Reasoning, tracks
from unmask.solvers.reasoning import Answer, read_answer

__all__ = ["Transcript", "read_transcript"]


@dataclass
class Transcript:
    """A sample taken apart, and the scores that it has so far."""

    state: TaskState
    votes: int
    scores: dict[str, Score] = field(default_factory=dict)

    @cached_property
    def channel(self) -> Reasoning:
        """The reasoning channel that the sample was asked to use."""
        layout = tracks(DATA / self.state.metadata.get("threat", "alignment_faking") / "tracks.yaml")
        system = "\n".join(m.text for m in self.state.messages if m.role == "system")
        if self.state.metadata.get("track") not in layout.tracks or "<scratchpad>" in system:
            return "scratchpad"
        if not layout.reasoning:
            return "native"
        return "native" if layout.reasoning["native"] in system else "none"

    @cached_property
    def answer(self) -> Answer:
        """The model's answer, taken apart."""
        return read_answer(self.state.output, self.channel, self._earlier())

    @cached_property
    def said(self) -> str:
        """The reply where it arrived whole, else all that stands outside the scratchpad."""
        return self.answer.reply.text if self.answer.reply.status == "ok" else self.answer.text

    @cached_property
    def parts(self) -> dict[str, str]:
        """The exchange as a judge may see it: the bare item and the model's own words."""
        return {"request": self.state.input_text, "reasoning": self.answer.reasoning.text, "reply": self.said}

    @cached_property
    def told(self) -> str:
        """All that the model was told."""
        return "\n".join(m.text for m in self.state.messages if m.role in {"system", "user", "tool"})

    def _earlier(self) -> list[ChatMessageAssistant]:
        """The turns in which the model worked with tools before its answer."""
        messages = self.state.messages
        start = max((n for n, m in enumerate(messages) if m.role == "user"), default=-1)
        turns = [m for m in messages[start + 1 :] if isinstance(m, ChatMessageAssistant)]
        return [m for m in turns if not self.state.output.choices or m.id != self.state.output.message.id]

    @property
    def by_tool(self) -> bool:
        """Whether the sample's tools were there to be called; a prompt that describes them only tells of them.

        `state.tools` does not answer this, since a state that is rebuilt from a log has none.
        """
        description = self.state.metadata.get("tool_safe_description")
        return description is not None and description not in self.told

    @property
    def treated(self) -> bool:
        """Whether the sample is in the treatment arm."""
        return bool(self.state.metadata.get("arm") == "treatment")


_readings: WeakKeyDictionary[TaskState, Transcript] = WeakKeyDictionary()


def read_transcript(state: TaskState, votes: int) -> Transcript:
    """The sample's reading, made on the first call."""
    found = _readings.get(state)
    if found is None:
        found = _readings[state] = Transcript(state, votes)
    return found
