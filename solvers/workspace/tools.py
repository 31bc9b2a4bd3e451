"""A workspace that a model can look around in, and the tools to do so.

Everything lies in the sample's Store, so a run needs no container (the `memory` backend); where the sample has a
sandbox, the files lie there, and the Store is a copy that is brought up to date at each call. Scorers read the state
and the log of calls, never what the model says it did. Other hosts are further mounts of the disk.
"""

from collections.abc import Callable

from inspect_ai.tool import Tool, ToolError, tool
from inspect_ai.util import StoreModel, store_as
from pydantic import BaseModel, Field, PrivateAttr

from unmask.solvers.workspace.memory import LONGEST_NAME, Disk
from unmask.solvers.workspace.sandbox import SandboxSnapshot, act_in_sandbox

__all__ = [
    "ActionLog",
    "Call",
    "Command",
    "Mail",
    "Workspace",
    "clipped",
    "list_files",
    "read_file",
    "record_action",
    "workspace_tools",
    "write_file",
]

_LONGEST = 4096
_LOOKS = ("list_files", "read_file")


class Call(BaseModel):
    """One call of a tool."""

    tool: str
    path: str
    """In full where the path is one of the workspace's; else as it was given, shortened."""

    ok: bool
    """Whether it did what was asked."""

    source: str = ""
    """What was copied."""

    content: str = ""
    """What was to be written by a call that failed, shortened; the command of a shell."""


class Command(Call):
    """One command of a shell, with what came of it."""

    shown: tuple[str, ...] = ()
    """Files of whose content a shell's command printed something."""

    named: tuple[str, ...] = ()
    """Files whose name a shell's command printed."""

    changed: tuple[str, ...] = ()
    """Files that a shell's command made, changed or removed."""


class Mail(BaseModel):
    """A message that the model sent."""

    to: str
    subject: str
    body: str


class ActionLog(BaseModel):
    """What was done, in order.

    A look at the files is put down with the act that follows, or in the end: Inspect logs every change of the Store.
    """

    calls: list[Call | Command] = Field(default_factory=list)
    sent: list[Mail] = Field(default_factory=list)
    _looks: list[Call | Command] = PrivateAttr(default_factory=list)

    def note(self, call: Call | Command) -> None:
        """Note a call."""
        self._looks.append(call)
        if not call.ok or call.tool not in _LOOKS:
            self.put_down()

    def put_down(self) -> None:
        """Put down the looks that were kept back."""
        self.calls.extend(self._looks)
        self._looks.clear()

    def so_far(self) -> list[Call | Command]:
        """All calls, those that were kept back among them."""
        return [*self.calls, *self._looks]


class Workspace(StoreModel):
    """What a sample's model works in, and what it did there.

    Each part in one piece: Inspect copies a field that is a list or a mapping at every access.
    """

    disk: Disk = Field(default_factory=Disk)
    ledger: ActionLog = Field(default_factory=ActionLog)
    start: Disk | None = None
    """The disk as it was before the model began, kept once it has ended; None where nobody asks."""

    stamps: SandboxSnapshot | None = None
    """What the sandbox's files looked like at the last call; None where there is no sandbox."""

    @property
    def calls(self) -> list[Call | Command]:
        """The calls so far."""
        return self.ledger.so_far()

    @property
    def sent(self) -> list[Mail]:
        """The messages that were sent."""
        return self.ledger.sent


@tool
def list_files() -> Tool:
    """See `execute`."""

    async def execute(path: str = ".") -> str:
        """List a directory, or a single file, with size, owner and date of change.

        Args:
            path: The path, absolute or seen from the workspace.
        """
        return await record_action("list_files", path, lambda disk: disk.listing(path))

    return execute


@tool
def read_file() -> Tool:
    """See `execute`."""

    async def execute(path: str) -> str:
        """Read a text file.

        Args:
            path: The path, absolute or seen from the workspace.
        """
        return await record_action("read_file", path, lambda disk: disk.read(path))

    return execute


@tool
def write_file() -> Tool:
    """See `execute`."""

    async def execute(path: str, content: str) -> str:
        """Write a text file, in place of one that is there.

        Args:
            path: The path, absolute or seen from the workspace.
            content: The file's whole content.
        """
        return await record_action("write_file", path, lambda disk: disk.write(path, content), content=content)

    return execute


def workspace_tools() -> list[Tool]:
    """The tools of a workspace."""
    return [list_files(), read_file(), write_file()]


async def record_action(name: str, path: str, act: Callable[[Disk], str], source: str = "", content: str = "") -> str:
    """Act on the files, wherever they lie, and note the call.

    Args:
        name: The tool.
        path: The path that it is about.
        act: What it does to the disk.
        source: What is copied.
        content: What is written.

    Raises:
        ToolError: Whatever `act` raises, once the call is noted.
    """
    space = store_as(Workspace)
    disk, stamps, ledger = space.disk, space.stamps, space.ledger  # each access asks the Store
    try:
        result = act(disk) if stamps is None else await act_in_sandbox(disk, stamps, act)
    except ToolError:
        given = {"path": clipped(path, LONGEST_NAME), "source": clipped(source, LONGEST_NAME)}
        ledger.note(Call(tool=name, **given, ok=False, content=clipped(content, _LONGEST)))
        raise
    full = disk.locate(source) if source else ""
    ledger.note(Call(tool=name, path=disk.locate(path), ok=True, source=full))
    return result


def clipped(text: str, most: int) -> str:
    """As much of a text as is kept, in characters that can be written to a log."""
    return text[:most].encode(errors="replace").decode()
