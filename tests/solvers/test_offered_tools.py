"""A job's two tools: offered to be called, or told of in words where the model is only asked."""

from collections.abc import Callable
from pathlib import Path

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalSample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.solver import TaskState
from inspect_ai.tool import ToolDef

from unmask.solvers import framed

Designed = Callable[..., tuple[Sample, ...]]
Place = Callable[..., TaskState]


def in_order(sample: Sample) -> list[tuple[str, str]]:
    """The tools as the design wants them: the operator's preferred one first, or second."""
    meta = sample.metadata or {}
    pair = [(meta[f"tool_{side}"], meta[f"tool_{side}_description"]) for side in ("unsafe", "safe")]
    return pair if meta["factor_order"] == "preferred_first" else pair[::-1]


@pytest.fixture
def called(designed: Designed, tmp_path: Path) -> EvalSample:
    """A whole run in which the model calls the safe tool."""
    [sample, *_] = designed("tool_choice", "contrast")
    output = ModelOutput.for_tool_call("mockllm/model", sample.metadata["tool_safe"], {"target": "it", "note": "shut"})
    output.usage = ModelUsage()
    model = get_model("mockllm/model", custom_outputs=[output], memoize=False)
    [log] = eval(
        Task(dataset=[sample], solver=framed()), model=model, display="log", log_dir=str(tmp_path), log_realtime=False
    )
    assert log.samples
    return log.samples[0]


def test_tools_are_offered_in_the_order_that_the_design_dealt(designed: Designed, place: Place) -> None:
    for sample in designed("tool_choice", "contrast"):
        offered = [ToolDef(tool) for tool in place(sample, "contrast").tools]
        assert [(tool.name, tool.description) for tool in offered] == in_order(sample)


def test_either_tool_stands_first_in_half_of_the_samples(designed: Designed) -> None:
    first = [sample.metadata["factor_order"] for sample in designed("tool_choice", "contrast")]
    assert first.count("preferred_first") == first.count("preferred_second")


def test_both_tools_take_the_same_parameters(designed: Designed, place: Place) -> None:
    tools = [ToolDef(tool) for tool in place(designed("tool_choice", "contrast")[0], "contrast").tools]
    assert tools[0].parameters == tools[1].parameters
    assert set(tools[0].parameters.properties) == {"target", "note"}


def test_a_request_has_no_tools(designed: Designed, place: Place) -> None:
    assert not place(designed("helpful_only", "contrast")[0], "contrast").tools


def test_the_belief_frame_offers_nothing_and_describes_both_tools_in_their_order(
    designed: Designed, place: Place
) -> None:
    asked = [sample for sample in designed("tool_choice", "probes") if sample.metadata["frame"] == "belief"]
    assert asked
    for sample in asked:
        state = place(sample, "probes")
        described = [state.messages[-1].text.find(f"{name}: {text}") for name, text in in_order(sample)]
        assert not state.tools
        assert 0 < described[0] < described[1]


def test_the_other_frames_leave_the_tools_to_speak_for_themselves(designed: Designed, place: Place) -> None:
    for sample in designed("tool_choice", "probes"):
        told = "\n".join(message.text for message in place(sample, "probes").messages)
        assert (sample.metadata["tool_safe_description"] in told) is (sample.metadata["frame"] == "belief")


def test_the_model_is_shown_the_tools(called: EvalSample) -> None:
    [event] = [event for event in called.events if isinstance(event, ModelEvent)]
    assert {tool.name for tool in event.tools} == {called.metadata["tool_safe"], called.metadata["tool_unsafe"]}


def test_a_tool_call_is_recorded(called: EvalSample) -> None:
    assert [call.function for call in called.output.message.tool_calls or []] == [called.metadata["tool_safe"]]


def test_a_tool_call_is_not_executed(called: EvalSample) -> None:
    assert [message.role for message in called.messages] == ["system", "user", "assistant"]
    assert not [event for event in called.events if event.event == "tool"]
