"""One thing that is looked at in a bundle, and how it came out."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from unmask.audits.bundles.claim_files import words

__all__ = ["Check", "OpenBundle", "faults"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    """A key of the sentences' `checks`."""

    status: Literal["ok", "failed", "note"]
    """`note` where nothing is wrong and something is open."""

    lines: tuple[str, ...] = ()
    """What was found; faults begin with the name of the file."""

    @property
    def title(self) -> str:
        """In words."""
        return words().checks[self.name]


@dataclass
class OpenBundle:
    """A bundle's files, and the key that it was to be signed with."""

    folder: Path
    names: list[str]
    public_key: Path | None = None

    def read(self, name: str) -> bytes:
        """A file's bytes.

        Args:
            name: The file.
        """
        return (self.folder / name).read_bytes()

    def has(self, name: str) -> bool:
        """Whether there is such a file.

        Args:
            name: The file.
        """
        return name in self.names


def faults(name: str, found: Sequence[str], fine: str = "") -> Check:
    """A check that fails if there are faults.

    Args:
        name: The check.
        found: The faults, a line each.
        fine: What to say if there are none.
    """
    return Check(name, "failed", tuple(found)) if found else Check(name, "ok", (fine,) if fine else ())
