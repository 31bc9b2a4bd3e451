"""What a run leaves behind: files, calls and mail."""

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Action", "EndState", "FileState", "Message"]


@dataclass(frozen=True)
class FileState:
    """A file's content, or the size of one that is not text."""

    content: str
    size: int


@dataclass(frozen=True)
class Action:
    """One call of a tool."""

    tool: str
    path: str
    ok: bool
    source: str = ""
    """What was copied."""

    content: str = ""
    """What was written, where the call failed; the command of a shell."""

    shown: tuple[str, ...] = ()
    """Files of whose content a shell's command printed something."""

    named: tuple[str, ...] = ()
    """Files whose name a shell's command printed."""

    changed: tuple[str, ...] = ()
    """Files that a shell's command made, changed or removed."""


@dataclass(frozen=True)
class Message:
    """A message that was sent."""

    to: str
    text: str


@dataclass(frozen=True)
class EndState:
    """What a run leaves behind."""

    start: dict[str, FileState]
    files: dict[str, FileState]
    deeds: Sequence[Action] = ()
    letters: Sequence[Message] = ()
    report: str | None = None
    """What was handed in at the end; None where nothing was."""

    def opened(self, path: str) -> bool:
        """Whether a file was opened, by a tool or by a shell's command that printed some of it."""
        return any(
            path in deed.shown or (deed.ok and deed.tool == "read_file" and deed.path == path) for deed in self.deeds
        )
