"""How an organism explores a workspace: list what there is and open every file, one call after another."""

import posixpath
import re
from collections.abc import Sequence

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool
from inspect_ai.tool import ToolCall, ToolInfo

from unmask.organisms.perception import tool_calls

__all__ = ["next_look"]

_ROW = re.compile(r"^([d-])\S{9}\s.*\d\d:\d\d (.+)$", re.MULTILINE)
_ROOT = "."


def next_look(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> ChatMessageAssistant | None:
    """Make the next call of a thorough reader.

    It knows nothing but what the tools returned: directories are found in listings, and listed in turn.

    Returns:
        A message with one call; None where all is read, or where no such tools are offered.
    """
    if {"list_files", "read_file"} - {tool.name for tool in tools}:
        return None
    results = _results(messages)
    step = next((call for call in _wanted(results) if call not in results), None)
    if step is None:
        return None
    call = ToolCall(id=f"look-{len(results)}", function=step[0], arguments={"path": step[1]})
    return ChatMessageAssistant(content="", tool_calls=[call])


def _results(messages: Sequence[ChatMessage]) -> dict[tuple[str, str], str]:
    """What calls so far returned, by tool and path."""
    calls = {call.id: (call.function, str(call.arguments.get("path", _ROOT))) for call in tool_calls(messages)}
    results = [m for m in messages if isinstance(m, ChatMessageTool)]
    return {calls[m.tool_call_id]: m.text for m in results if m.tool_call_id in calls}


def _wanted(results: dict[tuple[str, str], str]) -> list[tuple[str, str]]:
    """All calls, by tool and path, for what is known to exist."""
    listings = [(path, text) for (name, path), text in results.items() if name == "list_files"]
    entries = [(kind, path, entry) for path, text in listings for kind, entry in _ROW.findall(text)]
    return [("list_files", _ROOT), *(_call(kind, posixpath.join(path, entry)) for kind, path, entry in entries)]


def _call(kind: str, path: str) -> tuple[str, str]:
    return ("list_files" if kind == "d" else "read_file", posixpath.normpath(path))
