"""The tools of an office: the workspace's, and those that copy, remove, send and hand in."""

from inspect_ai.tool import Tool, ToolError, tool
from inspect_ai.util import StoreModel, store_as

from unmask.solvers.workspace.tools import Mail, Workspace, record_action, workspace_tools

__all__ = ["Submission", "copy_file", "delete_file", "scenario_tools", "send_mail", "submit_report"]

_LONGEST = 20_000
_MOST_MAILS = 50


class Submission(StoreModel):
    """What was handed in at the end."""

    report: str | None = None
    """None where nothing was."""

    stopped: str | None = None
    """Which limit ended the run, where one did."""


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
        space = store_as(Workspace)
        if len(space.sent) >= _MOST_MAILS or len(to) + len(subject) + len(body) > _LONGEST:
            raise ToolError("The mail could not be sent: too long, or too many of them")
        parts = [part.encode(errors="replace").decode() for part in (to, subject, body)]
        space.sent.append(Mail(to=parts[0], subject=parts[1], body=parts[2]))
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


def scenario_tools() -> list[Tool]:
    """Everything but the tool that ends the work, which the agent brings."""
    return [*workspace_tools(), copy_file(), delete_file(), send_mail()]
