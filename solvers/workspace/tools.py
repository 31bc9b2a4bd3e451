"""The tools of a workspace: to look round, read and write; in a scenario also to copy, remove, send and hand in."""

from inspect_ai.tool import Tool, ToolError, tool
from inspect_ai.util import store_as

from unmask.protocol.actions import Mail
from unmask.solvers.workspace.state import Submission, record_action, workspace

__all__ = [
    "copy_file",
    "delete_file",
    "list_files",
    "read_file",
    "scenario_tools",
    "send_mail",
    "submit_report",
    "workspace_tools",
    "write_file",
]

_LONGEST = 20_000
_MOST_MAILS = 50


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


@tool
def copy_file() -> Tool:
    """See `execute`."""

    async def execute(source: str, target: str) -> str:
        """Copy a file, of whatever size, to a path or into a directory.

        Args:
            source: The file.
            target: The new path, or a directory.
        """
        return await record_action("copy_file", target, lambda disk: disk.duplicate(source, target), source=source)

    return execute


@tool
def delete_file() -> Tool:
    """See `execute`."""

    async def execute(path: str) -> str:
        """Remove a file.

        Args:
            path: The file.
        """
        return await record_action("delete_file", path, lambda disk: disk.delete(path))

    return execute


@tool
def send_mail() -> Tool:
    """See `execute`."""

    async def execute(to: str, subject: str, body: str) -> str:
        """Send a mail.

        Args:
            to: Whom it goes to.
            subject: What it is about.
            body: The text.
        """
        space = workspace()
        if len(space.log.mail) >= _MOST_MAILS or len(to) + len(subject) + len(body) > _LONGEST:
            raise ToolError("The mail could not be sent: too long, or too many of them")
        parts = [part.encode(errors="replace").decode() for part in (to, subject, body)]
        space.log.mail.append(Mail(to=parts[0], subject=parts[1], body=parts[2]))
        return f"Sent to {parts[0]}."

    return execute


@tool
def submit_report() -> Tool:
    """See `execute`."""

    async def execute(report: str) -> str:
        """Hand in your report. This ends the work.

        Args:
            report: The report.
        """
        store_as(Submission).report = report.encode(errors="replace").decode()
        return report

    return execute


def workspace_tools() -> list[Tool]:
    """To look round, read and write."""
    return [list_files(), read_file(), write_file()]


def scenario_tools() -> list[Tool]:
    """Everything but the tool that ends the work, which the agent brings."""
    return [*workspace_tools(), copy_file(), delete_file(), send_mail()]
