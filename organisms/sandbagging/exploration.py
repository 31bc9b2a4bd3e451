"""How organisms look round a workspace: list what there is, open every file, one call after another."""

import posixpath
import re
from collections.abc import Sequence

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool
from inspect_ai.tool import ToolCall, ToolInfo

__all__ = ["next_look"]

_ROW = re.compile(r"^([d-])\S{9}\s.*\d\d:\d\d (.+)$", re.MULTILINE)
_ROOT = "."


def next_look(messages: Sequence[ChatMessage], tools: Sequence[ToolInfo]) -> ChatMessageAssistant | None:
    """The next call of a thorough reader, or None where all is read or no such tools are offered.

    It knows nothing but what the tools returned: directories are found in listings, and listed in turn.
    """
    if {"list_files", "read_file"} - {tool.name for tool in tools}:
        return None
    done = _done(messages)
    wanted = [("list_files", _ROOT)]
    for (name, path), result in done.items():
        if name == "list_files":
            wanted += [_call(kind, posixpath.normpath(posixpath.join(path, entry))) for kind, entry in _rows(result)]
    step = next((call for call in wanted if call not in done), None)
    if step is None:
        return None
    call = ToolCall(id=f"look-{len(done)}", function=step[0], arguments={"path": step[1]})
    return ChatMessageAssistant(content="", tool_calls=[call])


def _done(messages: Sequence[ChatMessage]) -> dict[tuple[str, str], str]:
    """Calls so far with what they returned."""
    calls = {
        call.id: (call.function, str(call.arguments.get("path", _ROOT)))
        for message in messages
        if isinstance(message, ChatMessageAssistant)
        for call in message.tool_calls or []
    }
    results = [m for m in messages if isinstance(m, ChatMessageTool)]
    return {calls[m.tool_call_id]: m.text for m in results if m.tool_call_id in calls}


def _rows(listing: str) -> list[tuple[str, str]]:
    return _ROW.findall(listing)


def _call(kind: str, path: str) -> tuple[str, str]:
    return ("list_files" if kind == "d" else "read_file", path)
