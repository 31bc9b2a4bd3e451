"""The state of a workspace: its files, and the log of what was done to them.

Everything lies in the sample's Store, so a run needs no container (the `memory` backend); where the sample has a
sandbox, the files lie there, and the Store is a copy that is brought up to date at each call. Scorers read the state
and the action log, never what the model says it did. Other hosts are further mounts of the disk.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from inspect_ai.tool import ToolError
from inspect_ai.util import Store, StoreModel, store, store_as
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, TypeAdapter, field_serializer

from unmask.protocol.actions import Action, FileState, Mail
from unmask.solvers.workspace.memory import LONGEST_NAME, Disk, File
from unmask.solvers.workspace.sandbox import SandboxSnapshot, act_in_sandbox, pull_changes, push_changes

__all__ = [
    "ActionLog",
    "OpenWorkspace",
    "Submission",
    "Workspace",
    "clipped",
    "open_workspace",
    "record_action",
    "workspace",
]

_LONGEST = 4096
_open: ContextVar["tuple[Store, OpenWorkspace] | None"] = ContextVar("workspace", default=None)
_LOOKS = ("list_files", "read_file")
_actions = TypeAdapter(list[Action], config=ConfigDict(defer_build=True))


class ActionLog(BaseModel):
    """What was done, in order.

    A look at the files is written down with the action that follows, or in the end: Inspect logs every change of the
    Store.
    """

    model_config = ConfigDict(defer_build=True)

    actions: list[Action] = Field(default_factory=list)
    mail: list[Mail] = Field(default_factory=list)
    _looks: list[Action] = PrivateAttr(default_factory=list)
    _touched: set[str] = PrivateAttr(default_factory=set)

    @field_serializer("actions")
    def _lean(self, actions: list[Action]) -> list[dict[str, object]]:
        """Of each what it has: Inspect logs the Store once for each span round the work."""
        told: list[dict[str, object]] = _actions.dump_python(actions, mode="json", exclude_defaults=True)
        return told

    def note(self, action: Action) -> None:
        """Note an action."""
        self._looks.append(action)
        if not action.ok or action.tool not in _LOOKS:
            self.flush()

    def note_changes(self, action: Action, before: Mapping[str, File], after: Mapping[str, File]) -> None:
        """Note on an action which files it changed, and what was there of those that had been changed before.

        Args:
            action: The action.
            before: The files before it.
            after: The files after it.
        """
        paths = [p for p in {*before, *after} if before.get(p) is not after.get(p)]
        changed = sorted(path for path in paths if _held(before.get(path)) != _held(after.get(path)))
        action.changed = tuple(changed)
        action.undid = {path: _held(before.get(path)) for path in changed if path in self._touched}
        self._touched.update(changed)

    def flush(self) -> None:
        """Write down the looks that were kept back."""
        self.actions.extend(self._looks)
        self._looks.clear()

    def so_far(self) -> list[Action]:
        """All actions, those that were kept back among them."""
        return [*self.actions, *self._looks]


class Workspace(StoreModel):
    """What a sample's model works in, and what it did there.

    Each part in one piece: Inspect copies a field that is a list or a mapping at every access.
    """

    model_config = ConfigDict(defer_build=True)

    disk: Disk = Field(default_factory=Disk)
    log: ActionLog = Field(default_factory=ActionLog)
    replaced: dict[str, File | None] | None = None
    """What lay, once the work has ended, in place of each file that is another now; None for one that is new. None as a
    whole where nobody asks."""

    start: Disk | None = None
    """The disk as it was before the model began, as earlier logs have it; or None."""

    snapshot: SandboxSnapshot | None = None
    """What the sandbox's files looked like at the last call; None where there is no sandbox."""

    @property
    def laid_out(self) -> dict[str, File] | None:
        """The files as they were before the model began; None where nobody noted them."""
        if self.replaced is None:
            return self.start.files if self.start else None
        return {path: file for path, file in {**self.disk.files, **self.replaced}.items() if file is not None}

    @property
    def actions(self) -> list[Action]:
        """The actions so far."""
        return self.log.so_far()

    @property
    def mail(self) -> list[Mail]:
        """The messages that were sent."""
        return self.log.mail


class Submission(StoreModel):
    """What was handed in at the end."""

    report: str | None = None
    """None where nothing was."""

    stopped: str | None = None
    """Which limit ended the run, where one did."""


@dataclass
class OpenWorkspace:
    """A workspace while it is worked in: the same parts, in plain sight."""

    disk: Disk
    log: ActionLog = field(default_factory=ActionLog)
    snapshot: SandboxSnapshot | None = None


@asynccontextmanager
async def open_workspace(disk: Disk, sandboxed: bool) -> AsyncIterator[OpenWorkspace]:
    """Lay out a workspace that comes to the Store once the work has ended, however it ended.

    Inspect holds the whole Store against itself at the end of each tool call and logs what differs; the calls stand in
    the log anyway, and these copies took longer than the tools.

    Args:
        disk: The files at the start.
        sandboxed: Whether they lie in the sample's sandbox, from which they are read back in the end.
    """
    space, laid = OpenWorkspace(disk), dict(disk.files)
    token = _open.set((store(), space))
    try:
        if sandboxed:
            space.snapshot = SandboxSnapshot()
            await push_changes(disk, space.snapshot, {})
        yield space
        if space.snapshot is not None:
            await pull_changes(disk, space.snapshot)
    finally:
        _open.reset(token)
        kept, files = store_as(Workspace), disk.files
        space.log.flush()
        kept.disk, kept.log, kept.snapshot = disk, space.log, space.snapshot
        kept.replaced = {path: laid.get(path) for path in {**laid, **files} if laid.get(path) != files.get(path)}


def workspace() -> Workspace | OpenWorkspace:
    """The running sample's workspace: the open one, or that of the Store where none was laid out apart."""
    space = _open.get()
    return space[1] if space and space[0] is store() else store_as(Workspace)


async def record_action(name: str, path: str, act: Callable[[Disk], str], source: str = "", content: str = "") -> str:
    """Act on the files, wherever they lie, and note the action.

    Args:
        name: The tool.
        path: The path that it is about.
        act: What it does to the disk.
        source: What is copied.
        content: What is written.

    Raises:
        ToolError: Whatever `act` raises, once the action is noted.
    """
    space = workspace()
    disk, snapshot, log = space.disk, space.snapshot, space.log
    before = dict(disk.files)
    try:
        result = act(disk) if snapshot is None else await act_in_sandbox(disk, snapshot, act)
    except ToolError:
        about, copied = clipped(path, LONGEST_NAME), clipped(source, LONGEST_NAME)
        log.note(Action(tool=name, path=about, ok=False, source=copied, content=clipped(content, _LONGEST)))
        raise
    full = disk.locate(source) if source else ""
    action = Action(tool=name, path=disk.locate(path), ok=True, source=full)
    log.note_changes(action, before, disk.files)
    log.note(action)
    return result


def clipped(text: str, most: int) -> str:
    """As much of a text as is kept, in characters that can be written to a log."""
    return text[:most].encode(errors="replace").decode()


def _held(file: File | None) -> FileState | None:
    """What a file holds; one that was only written anew, with a later date, is not changed."""
    return FileState(file.content, file.size) if file else None
