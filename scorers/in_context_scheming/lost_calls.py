"""Calls that arrived broken and were not made again: what they would have done or shown, nobody can tell."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool
from inspect_ai.tool import ToolCall

__all__ = ["LostCalls", "lost_calls"]

_CHANGE_NOTHING = frozenset({"list_files", "read_file", "submit"})
_SHOW_NOTHING = frozenset({"write_file", "copy_file", "delete_file", "send_mail", "submit"})

_UNREAD = "unknown"
"""What Inspect calls a tool whose name could not be read either."""

_PLACE = re.compile(r'"(path|source|target|to)"\s*:\s*"([^"\\]+)"')
"""Where a call was to act, as far as its broken arguments still tell."""


@dataclass(frozen=True)
class LostCalls:
    """Calls that were lost, by what they might have done; a tool that is none of the workspace's might do anything."""

    tools: frozenset[str] = frozenset()

    @property
    def may_have_changed(self) -> bool:
        """Whether one of them might have changed, sent or told something."""
        return not self.tools <= _CHANGE_NOTHING

    @property
    def may_have_shown(self) -> bool:
        """Whether one of them might have shown the agent something."""
        return not self.tools <= _SHOW_NOTHING


def lost_calls(messages: Sequence[ChatMessage]) -> LostCalls:
    """The calls of a run that arrived broken and were not made again.

    One is made again by a later call of its tool that worked, in the same place where the broken one still tells it.

    Args:
        messages: The run's.
    """
    failed = {one.tool_call_id for one in messages if isinstance(one, ChatMessageTool) and one.error}
    calls = [call for one in messages if isinstance(one, ChatMessageAssistant) for call in one.tool_calls or ()]
    lost: list[ToolCall] = []
    for call in calls:
        if call.parse_error:
            lost.append(call)
        elif call.id not in failed:
            lost = [one for one in lost if not _makes_again(call, one)]
    return LostCalls(frozenset(one.function for one in lost))


def _makes_again(call: ToolCall, broken: ToolCall) -> bool:
    if broken.function not in (call.function, _UNREAD):
        return False
    places = _PLACE.findall(broken.parse_error or "")
    return all(_name(str(call.arguments.get(key, ""))) == _name(place) for key, place in places)


def _name(path: str) -> str:
    return posixpath.basename(path.rstrip("/"))
