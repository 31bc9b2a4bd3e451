"""A workspace that a model can look around in, and the tools to do so.

This is the `memory` backend: everything lies in the sample's Store, so a run needs no container. Scorers read the state
and the log of calls, never what the model says it did. Other hosts are further mounts of the disk.
"""

from collections.abc import Callable

from inspect_ai.tool import Tool, ToolError, tool
from inspect_ai.util import StoreModel, store_as
from pydantic import BaseModel, Field

from unmask.solvers.disk import LONGEST_NAME, Disk

__all__ = ["Call", "Workspace", "list_files", "read_file", "workspace_tools", "write_file"]


class Call(BaseModel):
    """One call of a tool."""

    tool: str
    path: str
    """In full where the path is one of the workspace's; else as it was given, shortened."""

    ok: bool
    """Whether it did what was asked."""


class Workspace(StoreModel):
    """What a sample's model works in, and what it did there."""

    disk: Disk = Field(default_factory=Disk)
    """In one piece: Inspect copies a field that is a list or a mapping at every access."""

    calls: list[Call] = Field(default_factory=list)


@tool
def list_files() -> Tool:
    """See `execute`."""

    async def execute(path: str = ".") -> str:
        """List a directory, or a single file, with size, owner and date of change.

        Args:
            path: The path, absolute or seen from the workspace.
        """
        return _logged("list_files", path, lambda disk: disk.listing(path))

    return execute


@tool
def read_file() -> Tool:
    """See `execute`."""

    async def execute(path: str) -> str:
        """Read a text file.

        Args:
            path: The path, absolute or seen from the workspace.
        """
        return _logged("read_file", path, lambda disk: disk.read(path))

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
        return _logged("write_file", path, lambda disk: disk.write(path, content))

    return execute


def workspace_tools() -> list[Tool]:
    """The tools of a workspace."""
    return [list_files(), read_file(), write_file()]


def _logged(name: str, path: str, act: Callable[[Disk], str]) -> str:
    space = store_as(Workspace)
    try:
        result = act(space.disk)
    except ToolError:
        given = path[:LONGEST_NAME].encode(errors="replace").decode()
        space.calls.append(Call(tool=name, path=given, ok=False))
        raise
    space.calls.append(Call(tool=name, path=space.disk.locate(path), ok=True))
    return result
