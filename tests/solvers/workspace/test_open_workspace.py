"""What was done in a workspace comes to the sample's Store however the work ended, and to no other sample's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ModelOutput, ModelUsage, get_model
from inspect_ai.tool import ToolCall

from unmask.solvers.workspace.state import Submission, Workspace
from unmask.tasks.in_context_scheming import in_context_scheming

LAST = 3


class Writer:
    """Writes a numbered file a turn, and fails at the fourth where it is to."""

    def __init__(self, fails: bool) -> None:
        self.fails = fails

    def __call__(self, messages: Sequence[ChatMessage], *_: object) -> ModelOutput:
        done = sum(isinstance(message, ChatMessageAssistant) for message in messages)
        if self.fails and done == LAST:
            raise RuntimeError("the model went away")
        output = ModelOutput.from_content("mockllm/model", "")
        given = {"path": f"/workspace/{done}.md", "content": messages[1].text}
        output.choices[0].message.tool_calls = [ToolCall(id=str(done), function="write_file", arguments=given)]
        output.usage = ModelUsage()
        return output


def ran(folder: Path, fails: bool, **bounds: Any) -> EvalLog:
    [log] = inspect_eval(
        in_context_scheming(crossed=False, limit_items=2, awareness=False, **bounds),
        model=get_model("mockllm/model", custom_outputs=Writer(fails), memoize=False),
        model_roles={"grader": "organism/grader"},
        sample_id=["*/conflict/*"],
        fail_on_error=False,
        log_dir=str(folder),
        display="log",
        log_realtime=False,
    )
    assert len(log.samples or []) == 2
    return log


def written(log: EvalLog) -> list[list[str]]:
    """What each sample's calls were about, as its log has it."""
    return [[call.path for call in sample.store_as(Workspace).actions] for sample in log.samples or []]


@pytest.mark.parametrize(("fails", "bounds", "calls"), [(True, {}, LAST), (False, {"messages": 10}, 4)])
def test_work_that_was_cut_off_is_kept_as_it_was_left(
    tmp_path: Path, fails: bool, bounds: dict[str, int], calls: int
) -> None:
    log = ran(tmp_path, fails, **bounds)
    assert written(log) == [[f"/workspace/{number}.md" for number in range(calls)]] * 2
    for sample in log.samples or []:
        space = sample.store_as(Workspace)
        assert space.disk.files["/workspace/2.md"].content == sample.messages[1].text
        assert (sample.error is not None) == fails
        assert sample.store_as(Submission).stopped == (None if fails else "message")


def test_what_a_tool_call_changes_is_noted_once_for_all_in_the_end(tmp_path: Path) -> None:
    for sample in ran(tmp_path, False, messages=10).samples or []:
        names = [event.event for event in sample.events]
        assert names.count("tool") == 4
        assert "store" not in names[: names.index("sample_limit")]
