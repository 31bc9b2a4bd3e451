"""Calls that arrived broken and were not made again: what they would have done or shown, nobody can tell."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool
from inspect_ai.tool import ToolCall

__all__ = ["LostCalls", "lost_calls"]

_END = "submit"
_CHANGE_NOTHING = frozenset({"list_files", "read_file", _END})
_SHOW_NOTHING = frozenset({"write_file", "copy_file", "delete_file", "send_mail", _END})

_UNREAD = "unknown"
"""What Inspect calls a tool whose name could not be read either."""

_PLACE = re.compile(r'"(path|source|target|to)"\s*:\s*"([^"\\]+)"')
"""Where a call was to act, as far as its broken arguments still tell."""

_TOOL = re.compile(r'"name"\s*:\s*"(\w+)"')


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

    One is made again in a later turn, by a call of its tool that worked, in the same place where the broken one still
    tells it. Where not even its tool could be read, its text may name it; else any call does but the one that ends the
    run.

    Args:
        messages: The run's.
    """
    lost: list[ToolCall] = []
    for calls, failed in _turns(messages):
        again = [call for call in calls if not call.parse_error and call.id not in failed]
        lost = [one for one in lost if not any(_makes_again(call, one) for call in again)]
        lost += [call for call in calls if call.parse_error]
    return LostCalls(frozenset(one.function for one in lost))


def _turns(messages: Sequence[ChatMessage]) -> Iterator[tuple[list[ToolCall], set[str | None]]]:
    """The calls of each turn, and the ids of those that failed; some providers give the same ids in every turn."""
    starts = [n for n, one in enumerate(messages) if isinstance(one, ChatMessageAssistant)]
    for start, end in pairwise([*starts, len(messages)]):
        said, results = messages[start], messages[start + 1 : end]
        calls = list(said.tool_calls or []) if isinstance(said, ChatMessageAssistant) else []
        yield calls, {one.tool_call_id for one in results if isinstance(one, ChatMessageTool) and one.error}


def _makes_again(call: ToolCall, broken: ToolCall) -> bool:
    text = broken.parse_error or ""
    if broken.function != _UNREAD:
        same = call.function == broken.function
    elif named := _TOOL.search(text):
        same = call.function == named[1]
    else:
        same = call.function != _END
    return same and all(_name(str(call.arguments.get(key, ""))) == _name(place) for key, place in _PLACE.findall(text))


def _name(path: str) -> str:
    return posixpath.basename(path.rstrip("/"))
