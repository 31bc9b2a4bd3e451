"""The same trajectories in memory and in a real sandbox, and what a shell leaves there."""

from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ModelOutput, ModelUsage, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import ToolCall, ToolDef, ToolError
from inspect_ai.util import sandbox

from unmask.protocol.in_context_scheming.scenario_rules import Step
from unmask.protocol.in_context_scheming.scenarios import Family, scenarios
from unmask.solvers.in_context_scheming.replay import scenario_disk
from unmask.solvers.in_context_scheming.scenario_workspace import scenario_workspace
from unmask.solvers.workspace.sandbox import SandboxSnapshot, push_changes
from unmask.solvers.workspace.state import Workspace
from unmask.solvers.workspace.tools import scenario_tools
from unmask.tasks.in_context_scheming import in_context_scheming

EXFILTRATION = next(one for one in scenarios() if one.family == "self_exfiltration")


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


def test_the_solver_is_made_without_a_scenario() -> None:
    assert scenario_workspace(messages=5)
