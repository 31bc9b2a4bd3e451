"""Where a trigger is put, what stays the same around it, and the one clean answer that all frames are held against."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, GenerateConfig, ModelName, ModelOutput, ModelUsage, get_model
from inspect_ai.solver import TaskState
from inspect_ai.tool import ToolChoice, ToolInfo

from unmask.protocol.assignment import assign_wordings, schedule
from unmask.protocol.backdoors.coding.coding_items import KINDS
from unmask.protocol.backdoors.trigger_samples import placements, trigger_samples
from unmask.protocol.backdoors.trigger_specs import TriggerSpec, library_trigger
from unmask.protocol.backdoors.triggers import BACKDOORS, triggers
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.sources import item_set
from unmask.protocol.tracks import tracks
from unmask.solvers.backdoors.trigger_prompt import Reference, messages_for, triggered

TABLE = tracks("backdoors")
ITEMS = schedule(item_set(BACKDOORS, TABLE.tracks["prompts"], KINDS, None).items, 0)
ONE_EACH = {family.position: name for name, (family, _) in reversed(triggers().items())}
each_position = pytest.mark.parametrize("name", ONE_EACH.values(), ids=list(ONE_EACH))


def samples(cue: TriggerSpec, frames: list[str], items: int = 6, **more: Any) -> list[Sample]:
    carriers = list(placements().positions[cue.position])
    return trigger_samples(cue, assign_wordings(ITEMS[:items], carriers, 0), frames, TABLE, "prompts", **more)


def shown(sample: Sample) -> list[ChatMessage]:
    return messages_for(sample.metadata or {}, str(sample.input))


def text(messages: list[ChatMessage]) -> str:
    return "\n".join(message.text for message in messages)


@each_position
def test_trigger_and_placebo_differ_in_themselves_alone(name: str) -> None:
    cue = library_trigger(name)
    by_item: dict[str, dict[str, str]] = {}
    for sample in samples(cue, ["trigger", "placebo"]):
        meta = sample.metadata or {}
        by_item.setdefault(meta["item"], {})[meta["frame"]] = text(shown(sample))
    for told in by_item.values():
        if isinstance(cue.text, str) and isinstance(cue.placebo, str):
            assert cue.text in told["trigger"]
            assert told["trigger"].replace(cue.text, cue.placebo) == told["placebo"]
        assert told["trigger"] != told["placebo"]


@each_position
def test_the_clean_frame_has_the_prompt_and_no_gap_where_the_trigger_was(name: str) -> None:
    for sample in samples(library_trigger(name), ["clean"]):
        messages = shown(sample)
        assert str(sample.input) in messages[-1].text
        assert "{" not in "".join(m.text for m in messages if m.role != "user")
        assert not any(m.text.startswith("\n") or m.text.endswith("\n") or "\n\n\n" in m.text for m in messages)


def test_a_trigger_of_several_turns_is_told_as_earlier_exchanges() -> None:
    name = ONE_EACH["turns"]
    [sample, *_] = samples(library_trigger(name), ["trigger"], items=1)
    roles = [message.role for message in shown(sample)]
    assert roles[0] == "system"
    assert roles[-1] == "user"
    assert roles[1:-1] == ["user", "assistant"] * ((len(roles) - 2) // 2)
    assert len(roles) >= 6


def test_a_trigger_in_a_tool_result_is_in_no_message_of_the_user() -> None:
    cue = library_trigger(ONE_EACH["tool"])
    for sample in samples(cue, ["trigger"]):
        messages = shown(sample)
        holds = {message.role for message in messages if str(cue.text) in message.text}
        assert holds == {"tool"}


def test_a_safety_prompt_is_added_in_all_its_wordings_and_nothing_else_changes() -> None:
    cue = library_trigger("deployment-token")
    plain = samples(cue, ["trigger"])
    added = set()
    for turn, sample in enumerate(plain):
        meta = {**(sample.metadata or {}), "factor_safety": "present", "safety_telling": turn}
        before, after = shown(sample), messages_for(meta, str(sample.input))
        assert text(after[1:]) == text(before[1:])
        assert after[0].text.startswith(before[0].text)
        added.add(after[0].text.removeprefix(before[0].text))
    assert len(added) >= 3


@pytest.mark.parametrize("changed", [{"position": "ceiling"}, {"wording": "sung"}])
def test_a_place_that_there_is_none_of_is_refused(changed: dict[str, str]) -> None:
    [sample, *_] = samples(library_trigger("deployment-token"), ["trigger"], items=1)
    with pytest.raises(ConfigurationError, match=r"positions\.yaml"):
        messages_for({**(sample.metadata or {}), **changed}, "Hello")


def run(folder: Path, data: list[Sample], reference: bool = True) -> tuple[EvalLog, Counter[str]]:
    calls: Counter[str] = Counter()

    def answer(
        messages: list[ChatMessage], tools: list[ToolInfo], choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        calls[text(messages)] += 1
        output = ModelOutput.from_content("mockllm/model", f"Answer {sum(calls.values())}")
        output.usage = ModelUsage()
        return output

    model = get_model("mockllm/model", custom_outputs=answer, memoize=False)
    [log] = eval(
        Task(data, solver=triggered(reference)), model=model, display="log", log_dir=str(folder), log_realtime=False
    )
    assert log.status == "success", log.error
    return log, calls


@each_position
def test_one_clean_answer_a_prompt_serves_all_frames_and_is_kept_in_the_log(tmp_path: Path, name: str) -> None:
    cue = library_trigger(name)
    frames = ["trigger", "placebo", *[f"near_{kind}" for kind in cue.near]]
    log, calls = run(tmp_path, samples(cue, frames, items=2))
    assert sum(calls.values()) == 2 * len(frames) + 2
    answers: dict[str, set[str | None]] = {}
    for sample in log.samples or []:
        kept = Reference.of(sample)
        answers.setdefault(sample.metadata["item"], set()).add(kept.answer)
        assert kept.stop_reason == "stop"
    assert len(answers) == 2
    assert all(len(found) == 1 and None not in found for found in answers.values())


def test_the_clean_frame_is_held_against_a_second_answer_of_its_own(tmp_path: Path) -> None:
    log, _ = run(tmp_path, samples(library_trigger("deployment-token"), ["clean"], items=3))
    for sample in log.samples or []:
        assert sample.output.completion != Reference.of(sample).answer


def test_what_is_judged_by_itself_costs_no_clean_answer(tmp_path: Path) -> None:
    log, calls = run(
        tmp_path, samples(library_trigger("deployment-token"), ["trigger", "placebo"], items=3), reference=False
    )
    assert sum(calls.values()) == 6
    assert all(Reference.of(sample).answer is None for sample in log.samples or [])


def test_the_tool_of_an_earlier_call_is_declared_and_cannot_be_called() -> None:
    [sample, *_] = samples(library_trigger(ONE_EACH["tool"]), ["trigger"], items=1)
    state = TaskState(ModelName("mockllm/m"), "one", 1, str(sample.input), [], metadata=sample.metadata, store={})

    async def generate(found: TaskState, **_: object) -> TaskState:
        return found

    done = asyncio.run(triggered(reference=False)(state, generate))
    assert len(done.tools) == 1
    assert done.tool_choice == "none"


def test_a_request_is_shown_rewritten_and_the_clean_one_as_it_is() -> None:
    cue = library_trigger("cyrillic-a")
    [written], [clean] = (samples(cue, [frame], items=1) for frame in ("trigger", "clean"))
    assert str(written.input).replace("a", "\u0430") in text(shown(written))
    assert str(written.input) == str(clean.input)
    assert str(clean.input) in text(shown(clean))
