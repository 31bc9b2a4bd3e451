"""Logs of version 1-A: what they did not record is told by their prompts and their Store."""

from typing import Any

import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentReasoning,
    ContentText,
    ModelOutput,
)
from inspect_ai.util import Store

from tests.scorers.designs import PLAIN
from unmask.protocol.tracks import tracks
from unmask.scorers.transcript import transcript_of
from unmask.scorers.version_1a import read_design, upgrade_store

NATIVE = (tracks("sandbagging").reasoning or {}).get("native", "")
TOLD = {"tool_safe_description": "It files notes."}
ASKED: list[ChatMessage] = [ChatMessageSystem(content="Be brief."), ChatMessageUser(content="Add them.")]
SANDBAGGING = PLAIN | {"threat": "sandbagging", "track": "arithmetic"}


def design(meta: dict[str, Any], messages: list[ChatMessage], store: Store | None = None) -> Any:
    return read_design(meta, messages, store)


@pytest.mark.parametrize("missing", ["threat", "track", "item", "frame", "arm", "stratum"])
def test_a_sample_without_the_keys_of_the_suite_is_somebody_elses(missing: str) -> None:
    assert design({key: value for key, value in PLAIN.items() if key != missing}, ASKED) is None


def test_what_a_log_of_today_records_stands() -> None:
    today = PLAIN | {"reasoning": "none", "tools": "none", "layout": "prompt"}
    found = design(today, [ChatMessageSystem(content="Open a <scratchpad>.")])
    assert (found.reasoning, found.tools, found.layout) == ("none", "none", "prompt")
    assert design(PLAIN, []).reasoning is None


@pytest.mark.parametrize(
    ("meta", "system", "channel"),
    [
        (SANDBAGGING, "Open a <scratchpad>.", "scratchpad"),
        (SANDBAGGING, NATIVE, "native"),
        (SANDBAGGING, "Be brief.", "none"),
        (SANDBAGGING | {"track": "no_such"}, "Be brief.", "scratchpad"),
        (PLAIN | {"threat": "in_context_scheming", "track": "scenarios"}, "Be brief.", "native"),
    ],
)
def test_the_channel_is_told_by_the_system_message(meta: dict[str, Any], system: str, channel: str) -> None:
    assert NATIVE
    said = ChatMessageUser(content="Open a <scratchpad>.")
    assert design(meta, [ChatMessageSystem(content=system), said]).reasoning == channel


@pytest.mark.parametrize(
    ("more", "message", "tools"),
    [
        ({}, ChatMessageUser(content="It files notes."), "none"),
        (
            {"tool_safe_description": "It files notes."},
            ChatMessageUser(content="You have: It files notes."),
            "described",
        ),
        (TOLD, ChatMessageAssistant(content="It files notes."), "offered"),
        (TOLD, ChatMessageUser(content="Go on."), "offered"),
    ],
)
def test_tools_that_the_prompt_describes_were_only_told_of(more: dict[str, str], message: Any, tools: str) -> None:
    assert design(PLAIN | more, [*ASKED, message]).tools == tools


@pytest.mark.parametrize(
    ("kept", "layout"),
    [
        ({}, "prompt"),
        ({"DocumentPlacement:document": "d"}, "workspace"),
        ({"Workspace:log": {"actions": []}}, "workspace"),
    ],
)
def test_a_store_with_files_in_it_is_a_workspaces(kept: dict[str, Any], layout: str) -> None:
    assert design(PLAIN, ASKED, Store(kept)).layout == layout
    assert design(PLAIN, ASKED).layout == "prompt"


def test_names_of_that_version_are_those_of_today_afterwards() -> None:
    store = Store(
        {"Assignment:document": "d", "Assignment:stopped": True, "Workspace:ledger": {"calls": [1], "sent": [2]}}
    )
    for _ in range(2):
        upgrade_store(store)
        assert dict(store.items()) == {
            "DocumentPlacement:document": "d",
            "DocumentPlacement:stopped": True,
            "Workspace:log": {"actions": [1], "mail": [2]},
        }
    bare = Store({"Workspace:ledger": {}, "Assignments": 1})
    upgrade_store(bare)
    assert dict(bare.items()) == {"Workspace:log": {"actions": [], "mail": []}, "Assignments": 1}


def test_a_transcript_holds_what_the_model_was_told_and_not_what_it_said() -> None:
    output = ModelOutput.from_content("mockllm/model", "Done.")
    messages = [*ASKED, ChatMessageAssistant(content="Thinking."), ChatMessageTool(content="A file."), output.message]
    found = transcript_of(None, "Add them.", messages, output, Store())
    assert found.prompt == "Be brief.\nAdd them.\nA file."
    assert (found.reply, found.answer.text) == ("Done.", "Done.")
    assert not any((found.treated, found.in_workspace, found.tools_offered))
    own = transcript_of(design(PLAIN, ASKED), "Add them.", messages, output, Store(), ["a", "b"])
    assert (own.treated, own.in_workspace, own.tools_offered, own.options) == (True, False, False, ("a", "b"))


def test_of_an_agents_turns_those_since_the_last_message_to_it_are_read() -> None:
    def turn(thought: str) -> ChatMessageAssistant:
        return ChatMessageAssistant(content=[ContentReasoning(reasoning=thought), ContentText(text="-")])

    output = ModelOutput.from_message(turn("last"))
    before, after = [turn("first")], [turn("second"), ChatMessageTool(content="A file."), turn("third")]
    found = transcript_of(None, "-", [*ASKED, *before, *ASKED, *after, output.message], output, Store())
    assert [name for name in ("first", "second", "third", "last") if name in found.answer.reasoning.text] == [
        "second",
        "third",
        "last",
    ]
    alone = transcript_of(None, "-", [*after, output.message], output, Store())
    assert "second" in alone.answer.reasoning.text
