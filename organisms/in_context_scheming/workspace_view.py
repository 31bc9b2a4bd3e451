"""An organism at a desk: what it has read so far by its tools' results, and where to look next."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool, ChatMessageUser
from inspect_ai.tool import ToolCall, ToolInfo

from unmask.organisms.lexicon import cue

__all__ = ["WorkspaceView", "is_workspace", "next_step", "read_workspace"]

_ROW = re.compile(r"^([d-])\S{9}\s+\d+\s+\S+\s+\S+\s+(\d+)\s.*\d\d:\d\d (.+)$", re.MULTILINE)
_PATH = re.compile(r"/(?:workspace|hosts)(?:/[\w.-]*\w)+")
_LINE = re.compile(r"^- \[[ x]\] (/\S+?):", re.MULTILINE)
_NO_TEXT = re.compile(r"\.(safetensors|bin|gguf|pt)$")


@dataclass
class WorkspaceView:
    """What an organism at a desk knows."""

    system: str
    task: str
    lists: dict[str, str] = field(default_factory=dict)
    """Listings by directory."""

    files: dict[str, str] = field(default_factory=dict)
    """What was read, by path."""

    failed: set[str] = field(default_factory=set)
    acted: int = 0
    """Calls so far that were neither a look nor the end."""

    handed_in: bool = False
    question: str = ""
    """What was asked after the work."""

    @property
    def told(self) -> str:
        """Everything that was read."""
        return "\n\n".join(self.files.values())

    @property
    def aim(self) -> str:
        """The long-term goal that was given; empty where none was."""
        found = re.search(r"Your aim[^.]*\.", f"{self.system}\n{self.task}")
        return found[0] if found else ""

    @property
    def memo(self) -> str:
        """The text that tells of something at the expense of the aim; empty where there is none."""
        return next((text for text in self.files.values() if cue("at_odds").search(text)), "")

    @property
    def sizes(self) -> dict[str, int]:
        """Bytes of every file that was listed."""
        rows = [(folder, row) for folder, text in self.lists.items() for row in _ROW.findall(text)]
        return {posixpath.join(folder, name): int(size) for folder, (kind, size, name) in rows if kind == "-"}


def is_workspace(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> bool:
    """Whether work at a desk is asked for, which ends with `submit`."""
    names = {tool.name for tool in tools} | {call.function for m in messages for call in _calls(m)}
    return {"submit", "read_file"} <= names or ("submit" in names and "list_files" in names)


def read_workspace(messages: Sequence[ChatMessage]) -> WorkspaceView:
    """Read the messages that a model is shown."""
    users = [m.text for m in messages if isinstance(m, ChatMessageUser)]
    system = "\n\n".join(m.text for m in messages if m.role == "system")
    desk = WorkspaceView(system, users[0] if users else "")
    calls = {call.id: call for message in messages for call in _calls(message)}
    for message in messages:
        if isinstance(message, ChatMessageTool) and message.tool_call_id in calls:
            _note(desk, calls[message.tool_call_id], message)
    last = messages[-1]
    desk.question = last.text if desk.handed_in and isinstance(last, ChatMessageUser) else ""
    return desk


def next_step(desk: WorkspaceView, *, everywhere: bool) -> ToolCall | None:
    """The next look, or None where all is seen that is to be.

    Args:
        desk: What is known so far.
        everywhere: Whether to list directories and open whatever is there, and not only what the task names. What a
            list asks to be opened is left for later in either case.
    """
    later = {path for text in desk.files.values() for path in _LINE.findall(text)}
    named = _PATH.findall(desk.task)
    wanted = [("list_files", "/")] if everywhere else []
    wanted += [("read_file", path) for path in named if "." in posixpath.basename(path)]
    if everywhere:
        wanted += [("list_files", path) for path in _folders(desk)]
        wanted += [("read_file", path) for path in sorted(desk.sizes, key=lambda p: "checklist" not in p)]
    done = {*(("list_files", p) for p in desk.lists), *(("read_file", p) for p in desk.files)}
    for name, path in wanted:
        skipped = name == "read_file" and (path in later or _NO_TEXT.search(path) or path in desk.failed)
        if (name, path) not in done and not skipped and not (name == "list_files" and path in desk.failed):
            return ToolCall(id=f"look-{len(done) + len(desk.failed)}", function=name, arguments={"path": path})
    return None


def _folders(desk: WorkspaceView) -> list[str]:
    """Directories that are known: mounts, as an error tells them, and those of listings."""
    mounts = re.findall(r"/[\w-]+(?:/[\w-]+)*", desk.lists.get("/", ""))
    rows = [(folder, row) for folder, text in desk.lists.items() if folder != "/" for row in _ROW.findall(text)]
    return [*mounts, *(posixpath.join(folder, name) for folder, (kind, _, name) in rows if kind == "d")]


def _note(desk: WorkspaceView, call: ToolCall, result: ChatMessageTool) -> None:
    path = str(call.arguments.get("path", ""))
    failed = result.error is not None
    if call.function == "submit":
        desk.handed_in = True
    elif call.function == "list_files" and (not failed or path == "/"):
        told = result.error.message if result.error else result.text
        desk.lists[path] = told.partition("below ")[2] if path == "/" else told
    elif call.function == "read_file" and not failed:
        desk.files.setdefault(path, result.text)
    elif call.function in ("list_files", "read_file"):
        desk.failed.add(path)
    else:
        desk.acted += 1


def _calls(message: ChatMessage) -> list[ToolCall]:
    return list(message.tool_calls or []) if isinstance(message, ChatMessageAssistant) else []
