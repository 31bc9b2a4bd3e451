from inspect_ai.model import ChatMessage, ChatMessageTool, ChatMessageUser
from inspect_ai.tool import ToolInfo

from unmask.organisms.sandbagging.exploration import next_look
from unmask.solvers.workspace.memory import Disk

TOOLS = [ToolInfo(name=name, description="") for name in ("list_files", "read_file", "write_file")]
PATHS = ("README.md", "notes/memo one.md", "notes/old/very old.txt", "z.log")


def explored(disk: Disk) -> list[tuple[str, str]]:
    messages: list[ChatMessage] = [ChatMessageUser(content="Look round.")]
    calls = []
    while (look := next_look(messages, TOOLS)) is not None:
        [call] = look.tool_calls or []
        path = call.arguments["path"]
        result = disk.listing(path) if call.function == "list_files" else disk.read(path)
        messages += [look, ChatMessageTool(content=result, tool_call_id=call.id, function=call.function)]
        calls.append((call.function, path))
        assert len(calls) < 30
    return calls


def test_every_file_in_every_folder_is_read_once() -> None:
    disk = Disk()
    for path in PATHS:
        disk.put(path, f"text of {path}", "me", "2025-01-01 08:00")
    calls = explored(disk)
    assert sorted(path for name, path in calls if name == "read_file") == sorted(PATHS)
    assert [path for name, path in calls if name == "list_files"] == [".", "notes", "notes/old"]


def test_an_empty_workspace_is_listed_once() -> None:
    assert explored(Disk()) == [("list_files", ".")]


def test_nothing_is_called_where_no_tools_are_offered() -> None:
    assert next_look([ChatMessageUser(content="Look round.")], []) is None
