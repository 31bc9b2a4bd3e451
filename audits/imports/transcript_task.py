"""Imported transcripts as an Inspect task: nothing is generated, each sample is given the messages that it had."""

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NamedTuple

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import HeadlineMetric
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    ContentReasoning,
    ContentText,
    ModelOutput,
    StopReason,
)
from inspect_ai.scorer import Scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import ToolCall
from pydantic import TypeAdapter, ValidationError

from unmask.audits.imports.mapped_rows import MappedRow
from unmask.audits.imports.threat_needs import TrackNeeds
from unmask.audits.imports.transcript_store import TranscriptStore
from unmask.scorers import design, sample_columns, unscored
from unmask.solvers import Reference

__all__ = ["Exchange", "exchange_of", "given_back", "sample_of", "transcript_task"]

_MESSAGES = TypeAdapter(list[ChatMessage])
_STOPS: TypeAdapter[StopReason] = TypeAdapter(StopReason)


class Exchange(NamedTuple):
    """A transcript as it is kept on disk."""

    messages: list[ChatMessage]
    output: ModelOutput
    reference: str | None = None
    """The clean answer, where the row has it."""

    def dumped(self) -> str:
        """As JSON."""
        messages = _MESSAGES.dump_python(self.messages, mode="json", exclude_none=True)
        output = self.output.model_dump(mode="json", exclude_none=True)
        return json.dumps([messages, output, self.reference])

    @classmethod
    def loaded(cls, text: str) -> "Exchange":
        """Read it back.

        Args:
            text: As from `dumped`.
        """
        messages, output, reference = json.loads(text)
        return cls(_MESSAGES.validate_python(messages), ModelOutput.model_validate(output), reference)


def exchange_of(row: MappedRow) -> Exchange:
    """A row's exchange: a log's own messages, or those that a table's columns come to.

    Args:
        row: The transcript.
    """
    reference = row.roles.get("reference")
    if row.row.sample is not None and row.row.sample.output.choices:
        return Exchange(row.row.sample.messages, row.row.sample.output, reference)
    answer = _answer(row.roles, row.model)
    stop = _stop(row.roles.get("stop_reason"))
    output = ModelOutput(model=row.model, choices=[ChatCompletionChoice(message=answer, stop_reason=stop)])
    system = row.roles.get("system")
    told: list[ChatMessage] = [ChatMessageSystem(content=system)] if system else []
    told.append(ChatMessageUser(content=str(row.roles.get("prompt") or row.request)))
    return Exchange([*told, answer], output, reference)


def _answer(roles: Mapping[str, Any], model: str) -> ChatMessageAssistant:
    reply, reasoning, called = (str(roles.get(role) or "") for role in ("reply", "reasoning", "called"))
    calls = [ToolCall(id="called", function=called, arguments={})] if called else None
    content = [ContentReasoning(reasoning=reasoning), ContentText(text=reply)] if reasoning else reply
    return ChatMessageAssistant(content=content, model=model, tool_calls=calls)


def _stop(raw: Any) -> StopReason:
    """Why the model stopped, by Inspect's names or the two usual ones; `unknown` where nobody says."""
    usual = {"length": "max_tokens", "end_turn": "stop"}
    try:
        return _STOPS.validate_python(usual.get(str(raw), raw))
    except ValidationError:
        return "unknown"


def sample_of(row: MappedRow) -> Sample:
    """A row as a sample: the bare item, its target and options, and its place in the design.

    Args:
        row: The transcript.
    """
    return Sample(
        id=row.sample_id,
        input=row.request,
        target=row.target,
        choices=list(row.options) or None,
        metadata=row.design.metadata(),
    )


def transcript_task(
    samples: list[Sample],
    store: TranscriptStore,
    model: str,
    needs: TrackNeeds,
    reference: str | None,
    metadata: dict[str, Any],
) -> Task:
    """The task that takes a subject's transcripts up and scores them.

    Args:
        samples: One a transcript.
        store: Where the transcripts lie.
        model: The subject.
        needs: The track's scorers.
        reference: The condition whose reply is the clean answer.
        metadata: What the log carries.
    """
    name = f"imported_{metadata['threat']}"
    net = bool(metadata["contrast"]["placebo"])
    return Task(
        dataset=MemoryDataset(samples, name=metadata["source"]["file"]),
        solver=given_back(store, model, reference),
        scorer=_scorers(needs),
        viewer=sample_columns(needs.behaviour, *needs.beside, alarming=(needs.behaviour,)),
        headline_metric=HeadlineMetric(scorer=needs.behaviour, metric="net_effect" if net else "effect"),
        name=name,
        version="2-A",
        tags=["imported", *(["offline-grader"] if metadata.get("grader_offline") else [])],
        metadata=metadata,
    )


def _scorers(needs: TrackNeeds) -> Sequence[Scorer]:
    public = import_module("unmask.scorers")  # by name, from the threat's data: this folder knows no threat
    made: list[Scorer] = [getattr(public, name)() for name in (needs.behaviour, *needs.beside)]
    return [*made, unscored(needs.behaviour), design()]


def given_back(store: TranscriptStore, model: str, reference: str | None) -> Solver:
    """A solver that puts each sample's own messages and output in place; no model is asked.

    Args:
        store: Where the transcripts lie.
        model: The subject.
        reference: The condition whose reply to the same item is the clean answer.
    """

    @solver(name="imported_transcript")
    def imported_transcript() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            name, meta = str(state.sample_id), state.metadata
            found = Exchange.loaded(store.exchange(model, name))
            state.messages, state.output, clean = found.messages, found.output, found.reference
            if clean is None and reference is not None:
                clean = store.other_reply(model, meta["item"], reference, name)
            if clean is not None:
                state.output = Reference(clean).beside(state.output)
            state.completed = True
            return state

        return solve

    return imported_transcript()
