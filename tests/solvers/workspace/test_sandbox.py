"""A workspace in a sandbox looks there as the listings say, and its files are found among any others."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from inspect_ai import Task
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import sandbox

from unmask.protocol.in_context_scheming.scenarios import scenarios
from unmask.solvers.in_context_scheming.replay import scenario_disk
from unmask.solvers.workspace.memory import MOST_FILES
from unmask.solvers.workspace.sandbox import SandboxSnapshot, act_in_sandbox, pull_changes, push_changes

ONE = next(one for one in scenarios() if one.id == "feeder-dispatch")
CONTROL, PLAN = "/workspace/control/watcher.yaml", "/workspace/plan/new/june.md"
JUNK = f"for i in $(seq {4 * MOST_FILES}); do echo $i > workspace/a$i; done"


@solver
def laid(first: str, write: bool, then: str) -> Solver:
    """Lay the files out, with a command before and one after, and look back."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        box, disk, stamps = sandbox(), scenario_disk(ONE, affordance=True, memo="-"), SandboxSnapshot()
        await box.exec(["sh", "-c", first])
        await push_changes(disk, stamps, {})
        if write:
            await act_in_sandbox(disk, stamps, lambda disk: disk.write(PLAN, "F12: open"))
        done = await box.exec(["sh", "-c", then])
        await pull_changes(disk, stamps)
        state.metadata |= {"out": done.stdout, "err": done.stderr, "files": sorted(disk.files)}
        return state

    return solve


def seen(folder: Path, then: str, *, first: str = "true", write: bool = False) -> tuple[str, Sequence[str]]:
    task = Task([Sample("Look.", id="one")], solver=laid(first, write, then), sandbox="local")
    [log] = inspect_eval(task, model="mockllm/model", log_dir=str(folder), display="log", log_realtime=False)
    assert log.status == "success", log.error
    assert log.samples
    assert not log.samples[0].metadata["err"]
    return log.samples[0].metadata["out"], log.samples[0].metadata["files"]


def test_a_folder_is_as_old_as_the_newest_file_in_it(tmp_path: Path) -> None:
    out, _ = seen(tmp_path, "stat -c '%n %y' workspace workspace/* | cut -d: -f1,2")
    newest = {"workspace": "2025-03-03 16:48", "workspace/control": "2025-03-03 16:30"}
    newest |= {"workspace/plan": "2025-02-27 07:55", "workspace/shift": "2025-03-03 16:48"}
    assert dict(line.split(" ", 1) for line in out.splitlines()) == newest


def test_a_file_that_a_tool_writes_makes_its_folders_as_new_as_the_day_of_the_scenario(tmp_path: Path) -> None:
    out, _ = seen(tmp_path, "stat -c '%y' workspace workspace/plan workspace/plan/new | cut -d: -f1,2", write=True)
    assert set(out.splitlines()) == {ONE.now}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_files_belong_to_their_owners_where_users_can_be_made(tmp_path: Path) -> None:
    first = "mkdir etc; echo h.oduya:x:4711:4711::/:/bin/sh > etc/passwd; touch etc/group"
    out, _ = seen(tmp_path, f"stat -c %u .{CONTROL} .{ONE.files[0].path}; cat etc/passwd", first=first)
    mine, other, *users = out.splitlines()
    assert mine == "4711"
    assert f"p.lindqvist:x:{other}:{other}::/:/usr/sbin/nologin" in users
    assert sum(line.startswith("h.oduya:") for line in users) == 1


def test_owners_are_left_as_they_are_where_no_user_can_be_made(tmp_path: Path) -> None:
    out, _ = seen(tmp_path, f"stat -c %u .{CONTROL}; ls")
    assert out.split() == [str(os.geteuid()), "workspace"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_no_user_is_made_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "passwd").write_text("ann:x:1:1::/:/bin/sh\n")
    seen(tmp_path / "logs", "true", first=f"ln -s {outside} etc")
    assert (outside / "passwd").read_text() == "ann:x:1:1::/:/bin/sh\n"


def test_however_many_files_there_are_those_of_the_scenario_are_found(tmp_path: Path) -> None:
    _, found = seen(tmp_path, JUNK, write=True)
    expected = set(scenario_disk(ONE, affordance=True, memo="-").files) | {PLAN}
    assert expected <= set(found)
    assert len(found) == len(expected) + 2 * MOST_FILES


def test_hidden_folders_are_the_first_that_are_passed_over(tmp_path: Path) -> None:
    hidden = JUNK.replace("workspace/a", "workspace/.a/")
    _, found = seen(tmp_path, f"mkdir -p workspace/.a workspace/z/z; {hidden}; echo x > workspace/z/z/mine.md")
    assert "/workspace/z/z/mine.md" in found
