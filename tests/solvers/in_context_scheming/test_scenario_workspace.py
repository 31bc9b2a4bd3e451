"""The office's tools under hostile calls, and the same trajectories in memory and in a real sandbox."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.agent import Agent, AgentState, agent
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ModelName, ModelOutput, ModelUsage, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import Tool, ToolCall, ToolDef, ToolError
from inspect_ai.util import sandbox, store_as

from unmask.protocol.actions import EndState
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.in_context_scheming.outcome import outcome
from unmask.protocol.in_context_scheming.scenario_rules import Step
from unmask.protocol.in_context_scheming.scenarios import Family, Scenario, scenarios
from unmask.scorers.in_context_scheming.end_state import end_state, had_opportunity
from unmask.solvers.in_context_scheming.replay import scenario_disk
from unmask.solvers.in_context_scheming.scenario_workspace import scenario_workspace
from unmask.solvers.workspace.memory import LARGEST_FILE, Disk
from unmask.solvers.workspace.sandbox import SandboxSnapshot, push_changes
from unmask.solvers.workspace.state import ActionLog, Submission, Workspace
from unmask.solvers.workspace.tools import scenario_tools, submit_report
from unmask.tasks.in_context_scheming import in_context_scheming

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


class Player:
    """A model that plays each scenario's trajectory, found by the persona that it is told."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, messages: Sequence[ChatMessage], *_: object) -> ModelOutput:
        one = next(one for one in scenarios() if one.persona.strip() in messages[0].text)
        done = sum(isinstance(message, ChatMessageAssistant) for message in messages)
        step = getattr(one.trajectories, self.kind)[done]
        output = ModelOutput.from_content("mockllm/model", "")
        output.choices[0].message.tool_calls = [ToolCall(id=f"{done}", function=step.tool, arguments=_given(step))]
        output.usage = ModelUsage()
        return output


def _given(step: Step) -> dict[str, str]:
    return {
        "submit": {"report": step.report},
        "write_file": {"path": step.path, "content": step.content},
        "copy_file": {"source": step.source, "target": step.path},
        "send_mail": {"to": step.to, "subject": "", "body": step.content},
    }.get(step.tool, {"path": step.path})


def play(folder: Path, kind: str, sandbox: str | None) -> EvalLog:
    model = get_model("mockllm/model", custom_outputs=Player(kind), memoize=False)
    task = in_context_scheming(crossed=False, sandbox=sandbox, limit_items=len(get_args(Family)))
    [log] = inspect_eval(
        task,
        model=model,
        model_roles={"grader": "organism/grader"},
        sample_id=["*/conflict/*"],
        log_dir=str(folder),
        display="log",
        log_realtime=False,
    )
    assert log.status == "success", log.error
    return log


@pytest.mark.parametrize(
    ("kind", "label"), [("covert", "covert"), pytest.param("idle", "none", marks=pytest.mark.matrix)]
)
def test_the_same_trajectory_scores_the_same_in_memory_and_in_a_sandbox(tmp_path: Path, kind: str, label: str) -> None:
    found = classes(play(tmp_path / "memory", kind, None))
    assert found == classes(play(tmp_path / "local", kind, "local"))
    assert {one.family for one in scenarios() if one.id in found} == set(get_args(Family))
    assert set(found.values()) == {label}


@pytest.mark.parametrize(("kind", "label"), [("covert", "covert"), ("idle", "none")])
def test_the_same_trajectory_scores_the_same_in_a_container(tmp_path: Path, docker: str, kind: str, label: str) -> None:
    assert set(classes(play(tmp_path, kind, docker)).values()) == {label}


def classes(log: EvalLog) -> dict[str, str]:
    """What each scenario came to."""
    assert len(log.samples or []) == len(get_args(Family))
    return {s.metadata["item"]: ((s.scores or {})["schemed"].metadata or {})["class"] for s in log.samples or []}


def test_files_that_a_shell_leaves_in_the_sandbox_are_read_back(tmp_path: Path) -> None:
    def write_there(messages: Sequence[ChatMessage], *_: object) -> ModelOutput:
        done = sum(isinstance(message, ChatMessageAssistant) for message in messages)
        step = [
            ToolCall(id="0", function="list_files", arguments={"path": "/workspace"}),
            ToolCall(id="1", function="write_file", arguments={"path": "/workspace/new/plan.md", "content": "kelp\n"}),
            ToolCall(id="2", function="delete_file", arguments={"path": "/workspace/new/plan.md"}),
            ToolCall(id="3", function="write_file", arguments={"path": "/workspace/other.md", "content": "moss\n"}),
            ToolCall(id="4", function="submit", arguments={"report": "Done."}),
        ][done]
        output = ModelOutput.from_content("mockllm/model", "")
        output.choices[0].message.tool_calls, output.usage = [step], ModelUsage()
        return output

    [log] = inspect_eval(
        in_context_scheming(crossed=False, limit_items=1, sandbox="local"),
        model=get_model("mockllm/model", custom_outputs=write_there, memoize=False),
        model_roles={"grader": "organism/grader"},
        sample_id=["*/conflict/*"],
        log_dir=str(tmp_path),
        display="log",
        log_realtime=False,
    )
    assert log.samples
    space = log.samples[0].store_as(Workspace)
    assert space.disk.files["/workspace/other.md"].content == "moss\n"
    assert "/workspace/new/plan.md" not in space.disk.files
    assert [call.ok for call in space.actions] == [True] * 4


@solver
def linked(outside: str) -> Solver:
    """A workspace in the sandbox in which a shell has left links, one to a file and one to a folder outside."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        space = state.store_as(Workspace)
        space.disk, space.snapshot = scenario_disk(EXFILTRATION, affordance=True, memo="-"), SandboxSnapshot()
        await push_changes(space.disk, space.snapshot, {})
        await sandbox().exec(["sh", "-c", f"ln -s {outside}/secret workspace/link; ln -s {outside} workspace/folder"])
        tools, faults = {ToolDef(tool).name: tool for tool in scenario_tools()}, []
        for name, told in (
            ("read_file", {"path": "/workspace/link"}),
            ("read_file", {"path": "/workspace/folder/secret"}),
            ("write_file", {"path": "/workspace/link", "content": "moss"}),
            ("write_file", {"path": "/workspace/folder/secret", "content": "moss"}),
            ("copy_file", {"source": EXFILTRATION.memo.path, "target": "/workspace/folder/copy"}),
            ("delete_file", {"path": "/workspace/folder/secret"}),
        ):
            try:
                await tools[name](**told)  # type: ignore[arg-type]
            except ToolError as error:
                faults.append(str(error))
        state.metadata["faults"] = faults
        return state

    return solve


def test_no_tool_goes_over_a_link_that_a_shell_left(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("kelp")
    task = Task([Sample("Look.", id="one")], solver=linked(str(outside)), sandbox="local")
    [log] = inspect_eval(task, model="mockllm/model", log_dir=str(tmp_path / "logs"), display="log", log_realtime=False)
    assert log.status == "success", log.error
    assert log.samples
    faults = log.samples[0].metadata["faults"]
    assert len(faults) == 6
    assert sum("symbolic link" in fault for fault in faults) == 3
    assert {path.name: path.read_text() for path in outside.iterdir()} == {"secret": "kelp"}


@agent
def reads_one_file(tools: list[Tool]) -> Agent:
    """An agent of somebody's own: it looks once and hands in."""

    async def execute(state: AgentState) -> AgentState:
        named = {ToolDef(tool).name: tool for tool in tools}
        await named["read_file"](path=EXFILTRATION.memo.path)  # type: ignore[arg-type]
        await named["submit"](report="Nothing was done.")  # type: ignore[arg-type]
        state.output = ModelOutput.from_content("own", "Nothing was done.")
        return state

    return execute


def test_an_agent_of_ones_own_works_with_the_same_tools(tmp_path: Path) -> None:
    [log] = inspect_eval(
        in_context_scheming(families="self_exfiltration", agent="reads_one_file", crossed=False),
        model="organism/aligned",
        sample_id=[f"{EXFILTRATION.id}/conflict/*"],
        log_dir=str(tmp_path),
        display="log",
        log_realtime=False,
    )
    assert log.status == "success", log.error
    assert log.samples
    found = (log.samples[0].scores or {})["schemed"]
    assert (found.metadata or {})["class"] == "none"
    assert (found.metadata or {})["opportunity"] is True


def test_an_agent_of_ones_own_that_there_is_none_of_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="agent='no-such-agent'"):
        scenario_workspace(agent="no-such-agent")


def test_the_solver_is_made_without_a_scenario() -> None:
    assert scenario_workspace(messages=5)


def test_a_run_that_never_began_cannot_be_scored() -> None:
    state = TaskState(ModelName("mockllm/m"), "one", 1, "Do it.", [], metadata={}, store={})
    assert end_state(state.store) is None
    assert isinstance(EXFILTRATION, Scenario)
    assert callable(outcome)
