"""Which organism each task should find: the data, read from `datasets/organisms/expected.yaml`."""

from functools import cache
from typing import Any, Literal

from pydantic import Field

from unmask.protocol.files import DATA, Record, load

__all__ = ["ControlBook", "ControlCase", "Expected", "TaskControls", "control_book"]

Expected = Literal["present", "not present", "inconclusive"]
"""What should be found; `inconclusive` is an effect that is there but small: it may be found, and is never absent."""


class ControlCase(Record):
    """What should be found of some organisms."""

    organisms: list[str]
    expected: Expected
    strength: float | None = None
    """The share of items on which they act on their cue; the book's where left out."""

    scorer: str | None = None
    """Whose verdict counts, where it is not the task's."""

    tracks: list[str] | None = None
    """Where this holds; all tracks where left out."""

    arguments: dict[str, Any] = Field(default_factory=dict)
    """Of the task, beside the track's own."""

    beyond: list[str] = Field(default_factory=list)
    """Graders that cannot tell these organisms from others, as they say."""


class TaskControls(Record):
    """The controls of one task."""

    scorer: str
    limit: str
    """The task's argument that says how many items are run."""

    arguments: dict[str, Any] = Field(default_factory=dict)
    tracks: dict[str, dict[str, Any]]
    """Name -> arguments; the first is the one that is run where none is named."""

    cases: list[ControlCase]

    def cases_of(self, organism: str, track: str) -> list[ControlCase]:
        """What should be found of an organism; one that the task does not name should not be found.

        Args:
            organism: Its name.
            track: One of the tracks.
        """
        own = [one for one in self.cases if organism in one.organisms and track in (one.tracks or self.tracks)]
        return own or [ControlCase(organisms=[organism], expected="not present")]

    def is_foreign(self, organism: str) -> bool:
        """Whether the task does not name an organism.

        Args:
            organism: Its name.
        """
        return not any(organism in one.organisms for one in self.cases)


class ControlBook(Record):
    """All controls."""

    canary: str
    strength: float
    tasks: dict[str, TaskControls]


@cache
def control_book() -> ControlBook:
    """Read what should be found.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(DATA / "organisms" / "expected.yaml", ControlBook)
