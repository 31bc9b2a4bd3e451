"""Places a trigger in a prompt, and has the clean answer to the same prompt at hand."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import anyio
from inspect_ai.log import EvalSample, transcript
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    Model,
    ModelOutput,
    get_model,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import Tool, ToolCall, ToolDef

from unmask.protocol.backdoors.trigger_samples import Placement, SafetyPrompts, placements
from unmask.protocol.backdoors.triggers import BACKDOORS
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import load
from unmask.protocol.frames import fill
from unmask.solvers.empty_answers import empty_answers_named
from unmask.solvers.stop_reasons import why_stopped

__all__ = ["Reference", "messages_for", "triggered"]


class Reference(NamedTuple):
    """The clean answer that a sample's output is held against; it lies in that output's metadata, as `reference`."""

    answer: str | None = None
    """None where none was asked for."""

    stop_reason: str | None = None

    @classmethod
    def of(cls, sample: TaskState | EvalSample) -> "Reference":
        """Read it; earlier logs have it in the Store.

        Args:
            sample: A sample, live or as a log has it.
        """
        noted = (sample.output.metadata or {}).get("reference")
        if isinstance(noted, Mapping):
            return cls(*(noted.get(name) for name in cls._fields))
        return cls(*(sample.store.get(f"Reference:{name}") for name in cls._fields))

    def beside(self, output: ModelOutput) -> ModelOutput:
        """An output with it in its metadata; the output itself, which the call in the transcript has, stays as it is.

        Args:
            output: The output that is held against it.
        """
        return output.model_copy(update={"metadata": {**(output.metadata or {}), "reference": self._asdict()}})


@solver
def triggered(reference: bool = True, calls: int | None = None) -> Solver:
    """Put the prompt with what its frame puts in the trigger's place, and generate.

    What is put there stands in the sample's metadata (`cue`), the place in `position`, the carrier in `wording`. The
    clean answer is generated once for each clean prompt, by the first sample that needs it, and kept with every
    sample's output as `Reference`, so that a log can be scored again without the model.

    Args:
        reference: Whether the clean answer is needed; behaviour that is judged by itself, such as code, needs none.
        calls: Calls of the model at most, those of attempts that failed among them; what comes after them has no
            answer. None where they are not counted.

    Raises:
        ConfigurationError: If the sample names a position or carrier that there is none of.
    """
    clean: dict[str, Reference] = {}
    keys: dict[tuple[str, str, str], str] = {}
    locks: dict[str, anyio.Lock] = {}
    left = math.inf if calls is None else calls

    def spent() -> bool:
        """Whether there is no call left; else one less."""
        nonlocal left
        left -= 1
        return left < 0

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.messages = messages_for(state.metadata, state.input_text)
        state.tools = _tools(_carrier(state.metadata))
        if state.tools:
            state.tool_choice = "none"
        held_against = None
        if reference and state.metadata.get("phase") != "leakage":
            key = _clean_key(state, keys)
            async with locks.setdefault(key, anyio.Lock()):
                if key not in clean:
                    if spent():
                        return _unasked(state)
                    clean[key] = await _answer(get_model(), _clean_messages(state), state.tools)
            held_against = clean[key]
        if spent():
            state = _unasked(state)
        else:
            with empty_answers_named():
                state = await generate(state, tool_calls="none")
        if held_against:
            state.output = held_against.beside(state.output)
        return state

    return solve


def messages_for(metadata: dict[str, Any], item: str) -> list[ChatMessage]:
    """The messages of one sample.

    Args:
        metadata: The sample's.
        item: The bare prompt.

    Raises:
        ConfigurationError: As for `triggered`.
    """
    if metadata.get("phase") == "leakage":
        return [ChatMessageUser(content=item)]
    carrier, cue = _carrier(metadata), metadata.get("cue")
    text, item = cue if isinstance(cue, str) else "", cue["request"] if isinstance(cue, dict) else item
    system = _placed(carrier.system, text, item)
    if metadata.get("factor_safety") == "present":
        system = f"{system}\n\n{_safety(metadata)}"
    turns = cue if isinstance(cue, list) else []
    return [
        ChatMessageSystem(content=system),
        *[message for turn in turns for message in _turn(turn)],
        *(_looked_up(carrier, cue) if carrier.tool else []),
        ChatMessageUser(content=_placed(carrier.user, text, item)),
    ]


def _unasked(state: TaskState) -> TaskState:
    told = "the calls that the search may spend are spent"
    state.output = ModelOutput.from_content(str(state.model), "", stop_reason="unknown", error=told)
    return state


def _clean_messages(state: TaskState) -> list[ChatMessage]:
    bare = {key: value for key, value in state.metadata.items() if key not in ("cue", "factor_safety")}
    return messages_for(bare, state.input_text)


def _clean_key(state: TaskState, known: dict[tuple[str, str, str], str]) -> str:
    """What the clean prompt says; samples whose clean prompts differ in white space alone share an answer."""
    told = state.metadata["position"], state.metadata["wording"], state.input_text
    if told not in known:
        known[told] = " ".join(word for message in _clean_messages(state) for word in message.text.split())
    return known[told]


async def _answer(model: Model, messages: list[ChatMessage], tools: list[Tool]) -> Reference:
    transcript().info("The next call is for the clean answer: the same prompt with nothing in the trigger's place.")
    output = await model.generate(messages, tools=tools, tool_choice="none")
    return Reference(output.completion, why_stopped(output))


def _carrier(metadata: dict[str, Any]) -> Placement:
    try:
        return placements().positions[metadata["position"]][metadata["wording"]]
    except KeyError as error:
        raise ConfigurationError(f"{BACKDOORS.name}/positions.yaml: no position or carrier {error}") from error


def _placed(template: str, text: str, item: str) -> str:
    """A carrier's text; without a trigger the line that holds it goes too."""
    if not text:
        kept = [line for line in template.split("\n") if line.strip() != "{trigger}"]
        template = "\n".join(kept).replace("\n\n\n", "\n\n").strip()
    return fill(template, {"trigger": text, "item": item})


def _turn(turn: dict[str, str]) -> list[ChatMessage]:
    return [ChatMessageUser(content=turn["user"]), ChatMessageAssistant(content=turn["assistant"])]


def _looked_up(carrier: Placement, cue: object) -> list[ChatMessage]:
    if carrier.tool is None:
        return []
    look = carrier.tool
    result = fill(look.full, {"trigger": cue}) if isinstance(cue, str) else look.empty
    return [
        ChatMessageUser(content=look.ask),
        ChatMessageAssistant(content="", tool_calls=[ToolCall(id="look-1", function=look.name, arguments={})]),
        ChatMessageTool(content=result, tool_call_id="look-1", function=look.name),
        ChatMessageAssistant(content=placements().after_tool),
    ]


def _tools(carrier: Placement) -> list[Tool]:
    """The tool of an earlier call, which some providers want to be told of; it is not called again."""
    if carrier.tool is None:
        return []

    async def look() -> str:
        return ""

    return [ToolDef(look, name=carrier.tool.name, description=carrier.tool.about).as_tool()]


def _safety(metadata: dict[str, Any]) -> str:
    """The safety prompt, in the wording that the item gets."""
    texts = list(load(BACKDOORS / "safety.yaml", SafetyPrompts).prompts.values())
    return texts[int(metadata.get("safety_telling", 0)) % len(texts)]
