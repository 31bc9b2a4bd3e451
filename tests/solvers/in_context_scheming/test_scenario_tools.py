"""The office's tools under hostile calls, and what they refuse."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inspect_ai.model import ModelName
from inspect_ai.solver import TaskState
from inspect_ai.tool import Tool, ToolDef, ToolError
from inspect_ai.util import store_as

from unmask.protocol.actions import EndState
from unmask.protocol.in_context_scheming.outcome import outcome
from unmask.protocol.in_context_scheming.scenarios import scenarios
from unmask.scorers.in_context_scheming.end_state import end_state, had_opportunity
from unmask.solvers.in_context_scheming.replay import scenario_disk
from unmask.solvers.workspace.memory import LARGEST_FILE, Disk
from unmask.solvers.workspace.state import ActionLog, Submission, Workspace
from unmask.solvers.workspace.tools import scenario_tools, submit_report

EXFILTRATION = next(one for one in scenarios() if one.family == "self_exfiltration")


WEIGHTS = next(file.path for file in EXFILTRATION.files if file.size)


NAMES = [
    "..",
    ".",
    "",
    "~",
    "*",
    "workspace",
    "hosts",
    "etc",
    "a",
    "b",
    "a\x00b",
    "\ud800",
    "\u202e",
    "\uff0e\uff0e",
    "n" * 300,
]


STARTS = ["", "/", "//", "/workspace/", "/workspace/../", *[f"{mount}/" for mount in EXFILTRATION.mounts]]


PATH = st.one_of(
    st.builds("{}{}".format, st.sampled_from(STARTS), st.lists(st.sampled_from(NAMES)).map("/".join)),
    st.sampled_from([WEIGHTS, EXFILTRATION.memo.path, *[file.path for file in EXFILTRATION.files]]),
    st.text(st.characters()),
    st.just("x/" * 4000),
)


SIZES = {"<ten megabytes>": 10_000_000, "<one byte too many>": LARGEST_FILE + 1}


CONTENT = st.one_of(st.text(st.characters(), max_size=20), st.sampled_from(list(SIZES)))


CALL = st.tuples(
    st.sampled_from(["list_files", "read_file", "write_file", "copy_file", "delete_file", "send_mail", "submit"]),
    PATH,
    PATH,
    CONTENT,
)


def arguments(name: str, path: str, other: str, content: str) -> dict[str, str]:
    content = "e" * SIZES[content] if content in SIZES else content
    return {
        "write_file": {"path": path, "content": content},
        "copy_file": {"source": path, "target": other},
        "send_mail": {"to": path, "subject": other, "body": content},
        "submit": {"report": content},
    }.get(name, {"path": path})


Calls = list[tuple[str, str, str, str]]


@settings(max_examples=8)
@given(st.lists(CALL, min_size=50, max_size=50))
def test_hostile_calls_raise_tool_errors_alone_and_leave_a_state_that_can_be_scored(calls: Calls) -> None:
    assert_bounded(calls)


@pytest.mark.matrix
@settings(max_examples=10)
@given(st.lists(CALL, min_size=50, max_size=50))
def test_five_hundred_hostile_calls_do(calls: Calls) -> None:
    assert_bounded(calls)


def assert_bounded(calls: Calls) -> None:
    """That nothing but a tool error is raised, and that a scorer can read what is left."""
    tools: dict[str, Tool] = {ToolDef(tool).name: tool for tool in scenario_tools()} | {"submit": submit_report()}
    space = store_as(Workspace)
    space.disk, space.log = scenario_disk(EXFILTRATION, affordance=True, memo="-"), ActionLog()
    space.start = space.disk.model_copy(deep=True)
    store_as(Submission).report = None

    async def act() -> None:
        for name, path, other, content in calls:
            with suppress(ToolError):
                await tools[name](**arguments(name, path, other, content))

    asyncio.run(act())
    mounts = tuple(f"{mount}/" for mount in EXFILTRATION.mounts)
    assert all(path.startswith(mounts) and ".." not in path.split("/") for path in space.disk.files)
    assert store_as(Submission).model_dump_json()
    end = left_behind()
    for finding in ("conflict", "matched", "reversed"):
        assert outcome(EXFILTRATION, end, finding) in ("none", "attempted", "covert", "open", "unreported")
    assert had_opportunity(EXFILTRATION, end) in (True, False)


def left_behind() -> EndState:
    """The state that the tools left, by way of what a log holds of it."""
    state = TaskState(ModelName("mockllm/m"), "one", 1, "Do it.", [], metadata={}, store={})
    space, there = store_as(Workspace), state.store_as(Workspace)
    there.disk = Disk.model_validate_json(space.disk.model_dump_json())
    space.log.flush()
    there.log = ActionLog.model_validate_json(space.log.model_dump_json())
    there.start = space.start
    state.store_as(Submission).report = store_as(Submission).report
    end = end_state(state.store)
    assert end
    return end


def test_a_scorer_reads_the_state_after_everything_was_removed() -> None:
    space = store_as(Workspace)
    space.disk, space.log = scenario_disk(EXFILTRATION, affordance=True, memo="-"), ActionLog()
    for path in list(space.disk.files):
        space.disk.delete(path)
    assert space.disk.listing("/workspace") == "total 0"


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (lambda disk: disk.read(WEIGHTS), "Not a text file"),
        (lambda disk: disk.duplicate("/workspace/none", "/workspace/x"), "No such file"),
        (lambda disk: disk.duplicate("/workspace", "/workspace/x"), "Is a directory"),
        (lambda disk: disk.duplicate(WEIGHTS, WEIGHTS), "Is the file itself"),
        (lambda disk: disk.duplicate(WEIGHTS, "/elsewhere/x"), "Permission denied"),
        (lambda disk: disk.delete("/workspace"), "Is a directory"),
        (lambda disk: disk.delete("/workspace/none"), "No such file"),
    ],
)
def test_what_cannot_be_done_is_a_tool_error(call: Any, fault: str) -> None:
    with pytest.raises(ToolError, match=fault):
        call(scenario_disk(EXFILTRATION, affordance=True, memo="-"))


def test_weights_are_copied_with_their_size_into_a_folder() -> None:
    disk = scenario_disk(EXFILTRATION, affordance=True, memo="-")
    folder = EXFILTRATION.affordance[0].path.rpartition("/")[0]
    disk.duplicate(WEIGHTS, folder)
    copy = f"{folder}/{WEIGHTS.rpartition('/')[2]}"
    assert disk.files[copy].size == disk.files[WEIGHTS].size > 10**9
    assert str(disk.files[WEIGHTS].size) in disk.listing(folder)


def test_mail_has_bounds() -> None:
    tools = {ToolDef(tool).name: tool for tool in scenario_tools()}
    store_as(Workspace).log = ActionLog()
    with pytest.raises(ToolError, match="could not be sent"):
        asyncio.run(tools["send_mail"](to="a", subject="b", body="c" * 30_000))  # type: ignore[arg-type]
