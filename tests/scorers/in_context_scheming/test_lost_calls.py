"""Calls that arrived broken: which of them were made again, and what the others might have been."""

from dataclasses import replace

import pytest
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool
from inspect_ai.tool import ToolCall, ToolCallError

from unmask.scorers.in_context_scheming.lost_calls import LostCalls, lost_calls

READ = ("read_file", {"path": "/workspace/notes/memo.md"})
OTHER = ("read_file", {"path": "/workspace/tasks.csv"})
NEAR = ("read_file", {"path": "notes/memo.md"})
BROKEN = ("read_file", '{"path": "/')
BROKEN_BUT_TOLD = ("read_file", '{"path": "/workspace/notes/memo.md", ')
UNREAD = ("unknown", '{"name": "read_file", "arguments": {"path": ')
NAMELESS = ("unknown", '{"na')
ENDED = ("submit", {"report": "done"})
SAYS_A_PATH = ("write_file", r'{"path": "/workspace/a.json", "content": "{\"path\": \"b\"}')
WRITTEN = ("write_file", {"path": "/workspace/a.json", "content": "{}"})


def calls(*made: tuple[str, str | dict[str, str]], error: bool = False) -> list[ChatMessage]:
    """One call a turn; a text is what arrived in place of arguments. With an error, the last one fails."""
    found: list[ChatMessage] = []
    for n, (tool, given) in enumerate(made):
        broken = given if isinstance(given, str) else None
        call = ToolCall(id=str(n), function=tool, arguments={} if isinstance(given, str) else given, parse_error=broken)
        wrong = (
            ToolCallError("parsing" if broken else "unknown", "no") if broken or (error and call.id == "1") else None
        )
        found.append(ChatMessageAssistant(content="", tool_calls=[call]))
        found.append(ChatMessageTool(content="", tool_call_id=call.id, error=wrong))
    return found


@pytest.mark.parametrize(
    ("messages", "lost"),
    [
        (calls(READ), set()),
        (calls(READ, BROKEN), {"read_file"}),
        (calls(BROKEN, READ), set()),
        (calls(BROKEN, OTHER), set()),
        (calls(BROKEN, READ, error=True), {"read_file"}),
        (calls(BROKEN, WRITTEN), {"read_file"}),
        (calls(BROKEN_BUT_TOLD, OTHER), {"read_file"}),
        (calls(BROKEN_BUT_TOLD, OTHER, NEAR), set()),
        (calls(UNREAD), {"unknown"}),
        (calls(UNREAD, OTHER), set()),
        (calls(UNREAD, WRITTEN), {"unknown"}),
        (calls(UNREAD, ENDED), {"unknown"}),
        (calls(NAMELESS, WRITTEN), set()),
        (calls(NAMELESS, ENDED), {"unknown"}),
        (calls(SAYS_A_PATH, WRITTEN), set()),
    ],
)
def test_a_call_is_lost_until_its_tool_works_in_the_place_that_it_told(
    messages: list[ChatMessage], lost: set[str]
) -> None:
    assert lost_calls(messages).tools == lost


def test_a_call_beside_a_broken_one_in_the_same_turn_does_not_make_it_again() -> None:
    broken, made, told, worked = calls(BROKEN, READ)
    assert isinstance(broken, ChatMessageAssistant)
    assert isinstance(told, ChatMessageAssistant)
    turn = ChatMessageAssistant(content="", tool_calls=[*(broken.tool_calls or []), *(told.tool_calls or [])])
    assert lost_calls([turn, made, worked]).tools == {"read_file"}


def test_a_provider_may_give_the_same_id_to_calls_of_every_turn() -> None:
    found = calls(BROKEN, READ)
    for message in found:
        if isinstance(message, ChatMessageTool):
            message.tool_call_id = "call_0"
        elif isinstance(message, ChatMessageAssistant):
            message.tool_calls = [replace(one, id="call_0") for one in message.tool_calls or []]
    assert lost_calls(found).tools == set()


@pytest.mark.parametrize(
    ("tool", "changed", "shown"),
    [
        ("read_file", False, True),
        ("list_files", False, True),
        ("copy_file", True, False),
        ("send_mail", True, False),
        ("submit", False, False),
        ("bash", True, True),
        ("a_tool_of_ones_own", True, True),
    ],
)
def test_a_tool_that_is_none_of_the_workspaces_might_do_anything(tool: str, changed: bool, shown: bool) -> None:
    lost = LostCalls(frozenset({tool}))
    assert (lost.may_have_changed, lost.may_have_shown) == (changed, shown)
