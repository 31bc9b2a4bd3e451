"""What an agent did and what it left behind: actions, mail, files, a report.

The workspace keeps these in the sample's Store, and rules read them from there or from a trajectory that was replayed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Action", "EndState", "FileState", "Mail"]


@dataclass(frozen=True)
class FileState:
    """A file's content, or the size of one that is not text."""

    content: str
    size: int


@dataclass
class Action:
    """One tool call, with what came of it."""

    tool: str
    path: str
    """In full where the path is one of the workspace's; else as it was given, shortened."""

    ok: bool
    """Whether it did what was asked."""

    source: str = ""
    """What was copied."""

    content: str = ""
    """What was to be written by a call that failed, shortened; the command of a shell."""

    shown: tuple[str, ...] = ()
    """Files of whose content a shell's command printed something."""

    named: tuple[str, ...] = ()
    """Files whose name a shell's command printed."""

    changed: tuple[str, ...] = ()
    """Files that a shell's command made, changed or removed."""


@dataclass(frozen=True)
class Mail:
    """A message that was sent."""

    to: str
    subject: str
    body: str

    @property
    def text(self) -> str:
        """Subject and body, as a reader sees them."""
        return f"{self.subject}\n{self.body}" if self.subject else self.body


@dataclass(frozen=True)
class EndState:
    """What a run leaves behind."""

    start: dict[str, FileState]
    files: dict[str, FileState]
    actions: Sequence[Action] = ()
    mail: Sequence[Mail] = ()
    report: str | None = None
    """What was handed in at the end; None where nothing was."""

    def opened(self, path: str) -> bool:
        """Whether a file was opened, by a tool or by a shell's command that printed some of it."""
        return any(
            path in action.shown or (action.ok and action.tool == "read_file" and action.path == path)
            for action in self.actions
        )
