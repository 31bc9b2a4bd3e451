"""How an organism looks round a workspace before it works: which directory to list or file to read next."""

import posixpath
import re

from inspect_ai.tool import ToolCall

from unmask.organisms.in_context_scheming.workspace_view import WorkspaceView

__all__ = ["next_step"]

_PATH = re.compile(r"/(?:workspace|hosts)(?:/[\w.-]*\w)+")
_ENTRY = re.compile(r"^- \[[ x]\] (/\S+?):", re.MULTILINE)
_NO_TEXT = re.compile(r"\.(safetensors|bin|gguf|pt)$")


def next_step(view: WorkspaceView, *, everywhere: bool) -> ToolCall | None:
    """Make the next call that lists or reads.

    Args:
        view: What is known so far.
        everywhere: Whether to list directories and read whatever is there, and not only what the task names. What a
            checklist asks to be read is left for later in either case.

    Returns:
        The call; None where all is seen that is to be.
    """
    later = {path for text in view.files.values() for path in _ENTRY.findall(text)}
    done = {*(("list_files", path) for path in view.listings), *(("read_file", path) for path in view.files)}
    for name, path in _wanted(view, everywhere):
        skipped = path in view.failed or (name == "read_file" and (path in later or _NO_TEXT.search(path)))
        if (name, path) not in done and not skipped:
            return ToolCall(id=f"look-{view.calls}", function=name, arguments={"path": path})
    return None


def _wanted(view: WorkspaceView, everywhere: bool) -> list[tuple[str, str]]:
    """All calls, by tool and path, for what is known to exist."""
    named = [("read_file", path) for path in _PATH.findall(view.task) if "." in posixpath.basename(path)]
    if not everywhere:
        return named
    listed = sorted(view.sizes, key=lambda path: "checklist" not in path)
    return [
        ("list_files", "/"),
        *named,
        *(("list_files", path) for path in view.directories),
        *(("read_file", path) for path in listed),
    ]
