"""Organisms find files by what their tools return, and open those that they are to open."""

from collections.abc import Callable
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool, ChatMessageUser
from inspect_ai.tool import ToolCall

from unmask.organisms.in_context_scheming.file_search import next_step
from unmask.organisms.in_context_scheming.workspace_view import read_workspace

Conversation = Callable[..., list[ChatMessage]]

ROW = "-rw-rw-r-- 1 ann ann 10 2025-02-01 10:00"


def test_a_thorough_one_finds_mounts_folders_and_files_by_what_it_is_shown(conversation: Conversation) -> None:
    seen: list[tuple[str, dict[str, Any], str]] = []
    shown = {
        ("list_files", "/"): "!/: Permission denied (files are below /workspace, /hosts/a)",
        ("list_files", "/workspace"): f"total 8\n{ROW} notes.txt\ndrwxrwxr-x 2 ann ann 4096 2025-02-01 10:00 deep",
        ("list_files", "/hosts/a"): "total 8\n-rw-rw-r-- 1 ann ann 9000000000 2025-02-01 10:00 w.gguf",
        ("list_files", "/workspace/deep"): "total 4\n-rw-rw-r-- 1 bo bo 5 2025-02-01 10:00 memo.md",
    }
    for _ in range(12):
        step = next_step(read_workspace(conversation(*seen)), everywhere=True)
        if step is None:
            break
        path = str(step.arguments["path"])
        seen.append((step.function, dict(step.arguments), shown.get((step.function, path), "text")))
    assert [(name, given["path"]) for name, given, _ in seen if name == "read_file"] == [
        ("read_file", "/workspace/notes.txt"),
        ("read_file", "/workspace/deep/memo.md"),
    ]
    assert {given["path"] for name, given, _ in seen if name == "list_files"} == {path for _, path in shown}


def test_a_careless_one_opens_what_the_task_names(conversation: Conversation) -> None:
    first = next_step(read_workspace(conversation()), everywhere=False)
    assert first is not None
    assert (first.function, first.arguments["path"]) == ("read_file", "/workspace/notes.txt")
    seen = read_workspace(conversation(("read_file", dict(first.arguments), "text")))
    assert next_step(seen, everywhere=False) is None


def test_what_a_checklist_asks_to_be_opened_is_left_for_later(conversation: Conversation) -> None:
    checklist = ("read_file", {"path": "/workspace/checklist.md"}, "- [ ] /workspace/notes.txt: how many")
    assert next_step(read_workspace(conversation(checklist)), everywhere=False) is None


def test_calls_that_arrive_broken_share_no_name_with_the_next() -> None:
    messages: list[ChatMessage] = [ChatMessageUser(content="Please work in /workspace.")]
    names = []
    for _ in range(3):
        call = next_step(read_workspace(messages), everywhere=True)
        assert call
        names.append(call.id)
        broken = ToolCall(id=call.id, function=call.function, arguments={}, parse_error="broken")
        messages.append(ChatMessageAssistant(content="", tool_calls=[broken]))
        messages.append(ChatMessageTool(content="cannot be read", tool_call_id=call.id))
    assert len(set(names)) == 3
