"""Files below mounted paths, held in memory: nothing here touches the host, and no path leads out of the mounts."""

import posixpath

from inspect_ai.tool import ToolError
from pydantic import BaseModel, Field

__all__ = ["LARGEST_FILE", "LONGEST_NAME", "LONGEST_PATH", "MOST_FILES", "Disk", "File"]

LARGEST_FILE = 64 * 1024
"""Bytes that a file may have."""

MOST_FILES = 128
LONGEST_NAME = 255
"""Bytes that one name within a path may have, as on the usual file systems."""

LONGEST_PATH = 1024
_BLOCK = 4096


class File(BaseModel):
    """A file with what a listing tells of it."""

    content: str
    owner: str
    modified: str
    """When it was last changed, as `YYYY-MM-DD HH:MM`."""

    binary: int | None = None
    """Bytes of a file that is not text, whose content nobody needs, such as a model's weights."""

    @property
    def size(self) -> int:
        """Bytes of the content."""
        return len(self.content.encode()) if self.binary is None else self.binary


class Disk(BaseModel):
    """Files below mounted paths."""

    mounts: list[str] = Field(default_factory=lambda: ["/workspace"])
    """Absolute paths; relative ones are read from the first."""

    files: dict[str, File] = Field(default_factory=dict)
    """By absolute path; a directory is there as long as a file is in it."""

    user: str = "agent"
    """Who owns the files that the model makes."""

    now: str = "2025-01-01 09:00"
    """When the model works, as listings tell it."""

    def locate(self, path: str) -> str:
        """The absolute path that a path means, with its dots and doubled slashes resolved.

        Raises:
            ToolError: If it leads out of the mounts, is too long, or holds characters that cannot be printed.
        """
        if not path.isprintable():
            raise ToolError(f"{path[:80]!r}: Invalid characters in path")
        full = "/" + posixpath.normpath(posixpath.join(self.mounts[0], path[: LONGEST_PATH + 1])).lstrip("/")
        longest = max(len(name.encode()) for name in full.split("/"))
        if len(path) > LONGEST_PATH or len(full.encode()) > LONGEST_PATH or longest > LONGEST_NAME:
            raise ToolError(f"{path[:80]}...: File name too long")
        if not any(full == mount or full.startswith(f"{mount}/") for mount in self.mounts):
            raise ToolError(f"{path}: Permission denied (files are below {', '.join(self.mounts)})")
        return full

    def read(self, path: str) -> str:
        """A file's content.

        Raises:
            ToolError: If there is no such file, or the path cannot be used.
        """
        full = self._found(path)
        if self.files[full].binary is not None:
            raise ToolError(f"{full}: Not a text file")
        return self.files[full].content

    def put(self, path: str, content: str, owner: str, modified: str) -> None:
        """Create or replace a file, with the directories that lead to it.

        Raises:
            ToolError: If the path or the content cannot be used, or a limit would be exceeded.
        """
        full = self.locate(path)
        if self._holds(full):
            raise ToolError(f"{full}: Is a directory")
        if any(full.startswith(f"{file}/") for file in self.files):
            raise ToolError(f"{full}: Not a directory")
        if len(content.encode(errors="replace")) > LARGEST_FILE:
            raise ToolError(f"{full}: File too large (at most {LARGEST_FILE} bytes)")
        if any("\ud800" <= character <= "\udfff" for character in content):
            raise ToolError(f"{full}: The content is not valid text")
        if full not in self.files and len(self.files) >= MOST_FILES:
            raise ToolError(f"{full}: No space left (at most {MOST_FILES} files)")
        self.files[full] = File(content=content, owner=owner, modified=modified)

    def lay(self, path: str, content: str | None, size: int | None, owner: str, modified: str) -> None:
        """Create a file of text, or one of a size that is not text.

        Raises:
            ToolError: As for `put`.
        """
        self.put(path, content or "", owner, modified)
        self.files[self.locate(path)].binary = size

    def duplicate(self, source: str, target: str) -> str:
        """Copy a file as the model does, into a directory where that is what the target names.

        Raises:
            ToolError: As for `put`, or if there is no such file.
        """
        start, end = self._found(source), self.locate(target)
        if self._holds(end):
            end = posixpath.join(end, posixpath.basename(start))
        if start == end:
            raise ToolError(f"{end}: Is the file itself")
        original = self.files[start]
        self.lay(end, original.content, original.binary, self.user, self.now)
        return f"{start} -> {end}: {original.size} bytes copied"

    def delete(self, path: str) -> str:
        """Remove a file.

        Raises:
            ToolError: If there is no such file, or the path cannot be used.
        """
        full = self._found(path)
        del self.files[full]
        return f"{full}: removed"

    def write(self, path: str, content: str) -> str:
        """Write a file as the model does, and say what was written; a file that is there keeps its owner.

        Raises:
            ToolError: As for `put`.
        """
        full = self.locate(path)
        known = self.files.get(full)
        self.put(full, content, known.owner if known else self.user, self.now)
        return f"{full}: {self.files[full].size} bytes written"

    def listing(self, path: str) -> str:
        """A directory or a file as `ls -l` shows it.

        Raises:
            ToolError: If there is no such path, or it cannot be used.
        """
        full = self.locate(path)
        if full in self.files:
            return _table([_row(posixpath.basename(full), self.files[full])])
        if not self._holds(full):
            raise ToolError(f"{full}: No such file or directory")
        rows = [self._entry(full, name) for name in self._names(full)]
        blocks = sum(-(-int(row[4]) // _BLOCK) * 4 for row in rows)
        return "\n".join([f"total {blocks}", *([_table(rows)] if rows else [])])

    def _found(self, path: str) -> str:
        """Where a file that is there lies."""
        full = self.locate(path)
        if full not in self.files:
            raise ToolError(f"{full}: {'Is a directory' if self._holds(full) else 'No such file or directory'}")
        return full

    def _holds(self, full: str) -> bool:
        """Whether a path is a directory."""
        return full in self.mounts or any(file.startswith(f"{full}/") for file in self.files)

    def _names(self, full: str) -> list[str]:
        start = len(full) + 1
        return sorted({file[start:].split("/")[0] for file in self.files if file.startswith(f"{full}/")})

    def _entry(self, full: str, name: str) -> list[str]:
        whole = f"{full}/{name}"
        if whole in self.files:
            return _row(name, self.files[whole])
        newest = max((f for path, f in self.files.items() if path.startswith(f"{whole}/")), key=lambda f: f.modified)
        inner = sum(f"{whole}/{inside}" not in self.files for inside in self._names(whole))
        return ["drwxrwxr-x", str(2 + inner), newest.owner, newest.owner, str(_BLOCK), newest.modified, name]


def _row(name: str, file: File) -> list[str]:
    return ["-rw-rw-r--", "1", file.owner, file.owner, str(file.size), file.modified, name]


def _table(rows: list[list[str]]) -> str:
    """Rows with their columns aligned: numbers to the right, words to the left, names as they are."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        " ".join([*(f"{cell:{'>' if n in (1, 4) else '<'}{widths[n]}}" for n, cell in enumerate(row[:-1])), row[-1]])
        for row in rows
    )
