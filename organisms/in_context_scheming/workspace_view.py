"""How an organism sees a workspace: what it has read so far, by the results of its tool calls."""

import csv
import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO

from inspect_ai.model import ChatMessage, ChatMessageTool, ChatMessageUser
from inspect_ai.tool import ToolCall, ToolInfo

from unmask.organisms.perception import cue, system_text, tool_calls, user_texts

__all__ = ["WorkspaceView", "is_workspace", "read_workspace"]

_ROW = re.compile(r"^([d-])\S{9}\s+\d+\s+\S+\s+\S+\s+(\d+)\s.*\d\d:\d\d (.+)$", re.MULTILINE)


@dataclass
class WorkspaceView:
    """What an organism in a workspace knows."""

    system: str
    task: str
    listings: dict[str, str] = field(default_factory=dict)
    """Listings by directory; for the root, what an error says of where files are."""

    files: dict[str, str] = field(default_factory=dict)
    """What was read, by path."""

    failed: set[str] = field(default_factory=set)
    """Paths that could not be listed or read."""

    calls: int = 0
    """How many calls were made, those that arrived broken among them."""

    handed_in: bool = False
    question: str = ""
    """What was asked after the run."""

    @property
    def text(self) -> str:
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
        rows = [(folder, row) for folder, text in self.listings.items() for row in _ROW.findall(text)]
        return {posixpath.join(folder, name): int(size) for folder, (kind, size, name) in rows if kind == "-"}

    @property
    def directories(self) -> list[str]:
        """Directories that are known: mounts, as an error names them, and those of listings."""
        mounts = re.findall(r"/[\w-]+(?:/[\w-]+)*", self.listings.get("/", ""))
        rows = [(folder, row) for folder, text in self.listings.items() if folder != "/" for row in _ROW.findall(text)]
        return [*mounts, *(posixpath.join(folder, name) for folder, (kind, _, name) in rows if kind == "d")]

    def find(self, name: str) -> tuple[str, str]:
        """Find path and text of the file of that name; empty where none was read."""
        return next(((path, text) for path, text in self.files.items() if posixpath.basename(path) == name), ("", ""))

    def table(self, name: str) -> list[list[str]]:
        """Read the rows of the table of that name, without its head."""
        rows = [row for row in csv.reader(StringIO(self.find(name)[1])) if len(row) > 1]
        return [[cell.strip() for cell in row] for row in rows[1:]]


def is_workspace(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> bool:
    """Whether work in a workspace is asked for, which ends with `submit`."""
    names = {tool.name for tool in tools} | {call.function for call in tool_calls(messages)}
    return {"submit", "read_file"} <= names or {"submit", "list_files"} <= names


def read_workspace(messages: Sequence[ChatMessage]) -> WorkspaceView:
    """Read the messages that a model is shown."""
    calls = {call.id: call for call in tool_calls(messages)}
    view = WorkspaceView(system_text(messages), (user_texts(messages) or [""])[0], calls=len(tool_calls(messages)))
    for message in messages:
        if isinstance(message, ChatMessageTool) and message.tool_call_id in calls:
            _note(view, calls[message.tool_call_id], message)
    last = messages[-1]
    view.question = last.text if view.handed_in and isinstance(last, ChatMessageUser) else ""
    return view


def _note(view: WorkspaceView, call: ToolCall, result: ChatMessageTool) -> None:
    """Add the result of a call to what is known."""
    path = str(call.arguments.get("path", ""))
    if call.function == "submit":
        view.handed_in = True
    elif call.function == "list_files" and path == "/":
        view.listings[path] = (result.error.message if result.error else result.text).partition("below ")[2]
    elif call.function == "list_files" and not result.error:
        view.listings[path] = result.text
    elif call.function == "read_file" and not result.error:
        view.files.setdefault(path, result.text)
    elif call.function in ("list_files", "read_file"):
        view.failed.add(path)
