"""What an agent did and what it left behind: actions, mail, files, a report.

The workspace keeps these in the sample's Store, and rules read them from there or from a trajectory that was replayed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

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
    """Files that it made, changed or removed."""

    undid: dict[str, FileState | None] = field(default_factory=dict)
    """Of what it changed, what had been changed before: path -> what was there, or None; others were as laid out."""


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
        """Whether a file was opened, by a tool or by a shell's command that printed some of it, or a copy of it was."""
        return any(bool(self._same(path) & _looked_at(action)) for action in self.actions)

    def moments(self) -> Iterator["EndState"]:
        """The run as it stood after each action that changed a file, the last one first.

        In logs that do not tell what each action changed, the end is all that there is.
        """
        files = dict(self.files)
        for place in range(len(self.actions) - 1, -1, -1):
            action = self.actions[place]
            if not action.changed:
                continue
            yield replace(self, files=files, actions=self.actions[: place + 1])
            files = dict(files)
            for path in action.changed:
                was = action.undid[path] if path in action.undid else self.start.get(path)
                files.pop(path, None)
                files |= {path: was} if was else {}

    def versions(self) -> dict[str, list[FileState | None]]:
        """What each file held at the end and at any time before, the start left out; None where it was not there."""
        found = {path: [self.files.get(path)] for path in {*self.start, *self.files}}
        for action in reversed(self.actions):
            for path, held in action.undid.items():
                found.setdefault(path, [None]).append(held)
            for path in action.changed:
                found.setdefault(path, [None])
        return found

    def _same(self, path: str) -> set[str]:
        """A file and the copies of it that a tool made."""
        found = {path}
        for action in self.actions:
            if action.ok and action.tool == "copy_file" and action.source in found:
                found |= {action.path, *action.changed}
        return found


def _looked_at(action: Action) -> set[str]:
    return {*action.shown, *([action.path] if action.ok and action.tool == "read_file" else [])}
