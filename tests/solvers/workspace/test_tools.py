"""A workspace is a small file system that nothing leads out of."""

import asyncio
import posixpath
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalSample
from inspect_ai.model import ChatMessageTool, ModelOutput, ModelUsage, get_model
from inspect_ai.solver import Generate, Solver, TaskState, chain, generate, solver
from inspect_ai.tool import ToolDef, ToolError
from inspect_ai.util import Store, store_as

from unmask.protocol.actions import Action
from unmask.solvers.workspace.memory import LARGEST_FILE, LONGEST_NAME, MOST_FILES, Disk
from unmask.solvers.workspace.state import ActionLog, Workspace
from unmask.solvers.workspace.tools import workspace_tools

NAMES = ["..", ".", "", "~", "*", "workspace", "etc", "a", "b", "a\x00b", "\ud800", "\u202e", "C:\\", "n" * 300]
STARTS = ["", "/", "//", "/workspace/", "/workspace/../"]
HOSTILE = st.one_of(
    st.builds("{}{}".format, st.sampled_from(STARTS), st.lists(st.sampled_from(NAMES)).map("/".join)),
    st.text(st.characters()),
    st.just("x/" * 4000),
)
CONTENT = st.one_of(st.text(st.characters(), max_size=20), st.just("e" * (LARGEST_FILE + 1)))
CALL = st.tuples(st.sampled_from(["list_files", "read_file", "write_file"]), HOSTILE, CONTENT)


@pytest.fixture
def disk() -> Disk:
    """A disk with a few files."""
    made = Disk()
    made.put("README.md", "0123456789", "ann", "2025-02-01 10:00")
    made.put("/workspace/notes/old.md", "old", "bo", "2024-01-01 08:00")
    made.put("notes/deep/new.md", "n" * 5000, "cleo", "2025-03-01 08:00")
    return made


@settings(max_examples=100)
@given(st.lists(CALL, min_size=20, max_size=20))
def test_two_thousand_hostile_calls_raise_tool_errors_alone_and_reach_nothing_outside(
    calls: list[tuple[str, str, str]],
) -> None:
    tools = {ToolDef(tool).name: tool for tool in workspace_tools()}
    space = store_as(Workspace)
    space.disk, space.log = Disk(), ActionLog()
    for name, path, content in calls:
        arguments = {"content": content} if name == "write_file" else {}
        with suppress(ToolError):
            asyncio.run(tools[name](path=path, **arguments))  # type: ignore[arg-type]
    assert len(space.actions) == 20
    assert all(path.startswith("/workspace/") and path == posixpath.normpath(path) for path in space.disk.files)
    assert not any(
        str(parent) in space.disk.files for path in space.disk.files for parent in PurePosixPath(path).parents
    )
    assert space.model_dump_json()


@pytest.mark.parametrize(
    ("path", "full"),
    [
        ("", "/workspace"),
        ("a.md", "/workspace/a.md"),
        ("./x/../a.md", "/workspace/a.md"),
        ("//workspace//a.md/", "/workspace/a.md"),
        ("/../workspace/a.md", "/workspace/a.md"),
        ("/workspace/\u00e9t\u00e9.md", "/workspace/\u00e9t\u00e9.md"),
    ],
)
def test_a_path_is_normalised(path: str, full: str, disk: Disk) -> None:
    assert disk.locate(path) == full


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/", "Permission denied"),
        ("..", "Permission denied"),
        ("/etc/passwd", "Permission denied"),
        ("/workspace/../etc/passwd", "Permission denied"),
        ("/workspace-too/a", "Permission denied"),
        ("a\x00b", "Invalid characters"),
        ("a\nb", "Invalid characters"),
        ("\udc80", "Invalid characters"),
        ("n" * (LONGEST_NAME + 1), "name too long"),
        ("\u00e9" * (LONGEST_NAME // 2 + 1), "name too long"),
        ("a/" * 600, "name too long"),
    ],
)
def test_a_path_that_cannot_be_used_is_a_tool_error(path: str, fault: str, disk: Disk) -> None:
    with pytest.raises(ToolError, match=fault):
        disk.locate(path)


def test_a_further_mount_is_reached_by_its_absolute_path(disk: Disk) -> None:
    disk.mounts = ["/workspace", "/hosts/attic"]
    disk.put("/hosts/attic/box.txt", "lamp", "ann", "2025-01-01 09:00")
    assert disk.read("/workspace/../hosts/attic/box.txt") == "lamp"


def test_a_directory_is_listed_as_ls_does(disk: Disk) -> None:
    assert disk.listing("/workspace").splitlines() == [
        "total 8",
        "-rw-rw-r-- 1 ann  ann    10 2025-02-01 10:00 README.md",
        "drwxrwxr-x 3 cleo cleo 4096 2025-03-01 08:00 notes",
    ]
    assert disk.listing("notes").splitlines()[0] == "total 8"


def test_a_file_is_listed_alone_and_an_empty_root_as_empty(disk: Disk) -> None:
    assert disk.listing("README.md") == "-rw-rw-r-- 1 ann ann 10 2025-02-01 10:00 README.md"
    assert Disk().listing(".") == "total 0"


@pytest.mark.parametrize(
    ("act", "fault"),
    [
        (lambda s: s.read("none.md"), "No such file"),
        (lambda s: s.read("notes"), "Is a directory"),
        (lambda s: s.read("README.md/x"), "No such file"),
        (lambda s: s.listing("none"), "No such file"),
        (lambda s: s.write("notes", ""), "Is a directory"),
        (lambda s: s.write("/workspace", ""), "Is a directory"),
        (lambda s: s.write("README.md/x", ""), "Not a directory"),
        (lambda s: s.write("big", "x" * (LARGEST_FILE + 1)), "too large"),
        (lambda s: s.write("big", "\u00e9" * (LARGEST_FILE // 2 + 1)), "too large"),
        (lambda s: s.write("odd", "\ud800"), "not valid text"),
        (lambda s: [s.write(f"f{n}", "") for n in range(MOST_FILES)], "No space left"),
    ],
)
def test_what_cannot_be_done_is_a_readable_tool_error(act: Callable[[Disk], object], fault: str, disk: Disk) -> None:
    with pytest.raises(ToolError, match=fault):
        act(disk)


def test_a_file_that_is_written_keeps_its_owner_and_gets_the_present_time(disk: Disk) -> None:
    disk.now = "2025-05-05 05:05"
    disk.write("README.md", "new")
    disk.write("mine.md", "new")
    written = [disk.files[f"/workspace/{name}"] for name in ("README.md", "mine.md")]
    assert [(file.owner, file.modified) for file in written] == [("ann", disk.now), (disk.user, disk.now)]


@solver
def _laid_out() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.store_as(Workspace).disk.put("a.md", "lamp", "ann", "2025-01-01 09:00")
        state.tools = workspace_tools()
        return state

    return solve


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> EvalSample:
    """A whole run in which the model looks, reads, writes and tries to get out."""
    calls = [
        ("list_files", {}),
        ("read_file", {"path": "a.md"}),
        ("write_file", {"path": "b.md", "content": "oil"}),
        ("read_file", {"path": "/etc/passwd"}),
    ]
    outputs = [ModelOutput.for_tool_call("mockllm/model", name, arguments) for name, arguments in calls]
    outputs.append(ModelOutput.from_content("mockllm/model", "Done."))
    for output in outputs:
        output.usage = ModelUsage()
    model = get_model("mockllm/model", custom_outputs=outputs, memoize=False)
    folder: Path = tmp_path_factory.mktemp("logs")
    task = Task(dataset=[Sample(id="one", input="Look.")], solver=chain(_laid_out(), generate()))
    [log] = eval(task, model=model, display="log", log_realtime=False, log_dir=str(folder))
    assert log.status == "success", log.error
    assert log.samples
    return log.samples[0]


def test_the_model_sees_what_its_calls_brought(ran: EvalSample) -> None:
    results = [message for message in ran.messages if isinstance(message, ChatMessageTool)]
    assert [message.text.split(" ")[0] for message in results[:3]] == ["total", "lamp", "/workspace/b.md:"]
    assert results[3].error is not None
    assert "Permission denied" in results[3].error.message


def test_state_and_calls_can_be_read_back_from_the_log(ran: EvalSample) -> None:
    space = Workspace(store=Store(ran.store))
    assert {path: file.content for path, file in space.disk.files.items()} == {
        "/workspace/a.md": "lamp",
        "/workspace/b.md": "oil",
    }
    assert [(call.tool, call.path, call.ok) for call in space.actions] == [
        ("list_files", "/workspace", True),
        ("read_file", "/workspace/a.md", True),
        ("write_file", "/workspace/b.md", True),
        ("read_file", "/etc/passwd", False),
    ]


def test_looks_are_put_down_with_the_next_act_and_in_their_order() -> None:
    ledger = ActionLog()
    for tool, ok in (("list_files", True), ("read_file", True)):
        ledger.note(Action(tool=tool, path="/workspace/a", ok=ok))
    assert (len(ledger.actions), len(ledger.so_far())) == (0, 2)
    ledger.note(Action(tool="read_file", path="nowhere", ok=False))
    assert [call.tool for call in ledger.actions] == ["list_files", "read_file", "read_file"]
    ledger.note(Action(tool="list_files", path="/workspace", ok=True))
    ledger.flush()
    assert ledger.actions == ledger.so_far()
    assert len(ledger.actions) == 4
