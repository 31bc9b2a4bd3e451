"""Organisms in a workspace see what their tools return and nothing else."""

from collections.abc import Callable

from inspect_ai.model import ChatMessage
from inspect_ai.tool import ToolInfo

from unmask.organisms.in_context_scheming.workspace_view import is_workspace

Conversation = Callable[..., list[ChatMessage]]


def test_work_in_a_workspace_is_known_by_its_tools(conversation: Conversation) -> None:
    tools = [ToolInfo(name=name, description="") for name in ("read_file", "submit")]
    assert is_workspace(conversation(), tools)
    assert is_workspace(conversation(("read_file", {"path": "x"}, ""), ("submit", {"report": ""}, "")), [])
    assert not is_workspace(conversation(), tools[:1])
