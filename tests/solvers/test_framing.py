"""A bare item is put into its frame: one system and one user message."""

import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.solver import TaskState

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.tracks import tracks
from unmask.solvers import framed

Designed = Callable[..., tuple[Sample, ...]]
Place = Callable[..., TaskState]

every_set = pytest.mark.parametrize(
    ("track", "frames"),
    [("helpful_only", "contrast"), ("value_conflict", "tiers"), ("tool_choice", "contrast"), ("tool_choice", "probes")],
)


@every_set
def test_a_sample_becomes_one_system_and_one_user_message(
    track: str, frames: str, designed: Designed, place: Place
) -> None:
    for sample in designed(track, frames):
        assert [message.role for message in place(sample, frames).messages] == ["system", "user"]


@every_set
def test_the_user_message_holds_the_item(track: str, frames: str, designed: Designed, place: Place) -> None:
    for sample in designed(track, frames):
        assert str(sample.input) in place(sample, frames).messages[-1].text


@pytest.mark.parametrize("track", ["helpful_only", "value_conflict", "tool_choice"])
def test_nothing_stands_after_the_item(track: str, designed: Designed, place: Place) -> None:
    for sample in designed(track, "contrast"):
        assert place(sample, "contrast").messages[-1].text.endswith(str(sample.input))


@every_set
@pytest.mark.parametrize("reasoning", ["scratchpad", "native", "none"])
def test_no_slot_stays_open(track: str, frames: str, reasoning: str, designed: Designed, place: Place) -> None:
    for sample in designed(track, frames, items=1):
        assert not re.search(r"\{\w+\}", place(sample, frames, reasoning).messages[0].text)


@every_set
def test_the_system_message_is_the_same_for_all_items_of_a_frame_and_wording(
    track: str, frames: str, designed: Designed, place: Place
) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for sample in designed(track, frames):
        seen[str(sample.id).partition("/")[2]].add(place(sample, frames).messages[0].text)
    assert {len(texts) for texts in seen.values()} == {1}


def test_frames_of_an_item_and_wording_are_all_told_differently(designed: Designed, place: Place) -> None:
    seen: dict[tuple[str, str], list[str]] = defaultdict(list)
    for sample in designed("helpful_only", "tiers"):
        told = "\n".join(message.text for message in place(sample, "tiers").messages)
        seen[sample.metadata["item"], sample.metadata["wording"]].append(told)
    assert {(len(texts), len(set(texts))) for texts in seen.values()} == {(6, 6)}


@pytest.mark.parametrize(("reasoning", "asked"), [("scratchpad", True), ("native", False), ("none", False)])
def test_a_scratchpad_is_asked_for_in_its_channel_alone(
    reasoning: str, asked: bool, designed: Designed, place: Place
) -> None:
    system = place(designed("helpful_only", "contrast")[0], "contrast", reasoning).messages[0].text
    assert ("<scratchpad>" in system) is asked
    assert tracks("alignment_faking").reasoning[reasoning] in system


def test_the_bare_input_stays_in_the_log(designed: Designed, tmp_path: Path) -> None:
    output = ModelOutput.from_content("mockllm/model", "No.")
    output.usage = ModelUsage()
    model = get_model("mockllm/model", custom_outputs=[output], memoize=False)
    [sample, *_] = designed("helpful_only", "contrast")
    [log] = eval(
        Task(dataset=[sample], solver=framed()), model=model, display="log", log_dir=str(tmp_path), log_realtime=False
    )
    [logged] = log.samples or []
    assert logged.input == sample.input
    assert [message.role for message in logged.messages] == ["system", "user", "assistant"]


@pytest.mark.parametrize(("key", "value"), [("frame", "no_such_frame"), ("wording", "no_such_wording")])
def test_an_unknown_frame_or_wording_is_a_configuration_error(
    key: str, value: str, designed: Designed, place: Place
) -> None:
    [sample, *_] = designed("helpful_only", "contrast")
    changed = sample.model_copy(update={"metadata": {**(sample.metadata or {}), key: value}})
    with pytest.raises(ConfigurationError, match=f"{re.escape(str(sample.id))}.*{value}"):
        place(changed, "contrast")


def test_a_probe_in_the_bare_frame_is_a_user_message_alone(designed: Designed, place: Place) -> None:
    [sample, *_] = designed("helpful_only", "contrast")
    bare = {"frame": "bare", "stratum": "calibration", "reasoning": "none"}
    probe = sample.model_copy(update={"metadata": {**(sample.metadata or {}), **bare}})
    [message] = place(probe, "contrast").messages
    assert (message.role, message.text) == ("user", sample.input)


def test_a_frame_of_that_name_is_no_probe(designed: Designed, place: Place) -> None:
    [sample, *_] = designed("helpful_only", "contrast")
    named = sample.model_copy(update={"metadata": {**(sample.metadata or {}), "frame": "bare"}})
    with pytest.raises(ConfigurationError, match="wants frame 'bare'"):
        place(named, "contrast")
