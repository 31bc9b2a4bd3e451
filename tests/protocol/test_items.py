"""Items: what a family's file may hold, and how an item shows its options."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unmask.protocol.alignment_faking.preference_items import KINDS, ChoiceItem, ToolItem
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.families import REQUEST, load_items

Write = Callable[[Any], Path]

OPTIONS = {"preferred": "Sell it.", "principled": "Keep it."}
TOOLS = {
    "safe": {"name": "ask_first", "description": "Asks."},
    "unsafe": {"name": "just_do", "description": "Does."},
}


def request(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "request": "Do it.", **more}


def test_items_come_with_the_family_of_their_file(write: Write) -> None:
    folder = write({"family": "theft", "items": [request("a"), request("b")]}).parent
    write({"family": "arson", "items": [request("c")]})
    assert [(e.item.id, e.cluster) for e in load_items(folder, REQUEST)] == [
        ("a", "theft"),
        ("b", "theft"),
        ("c", "arson"),
    ]


def test_an_id_that_two_families_share_is_refused(write: Write) -> None:
    folder = write({"family": "theft", "items": [request("a"), request("twin")]}).parent
    write({"family": "arson", "items": [request("twin")]})
    with pytest.raises(ConfigurationError, match=r"key 'id'.*'twin'") as caught:
        load_items(folder, REQUEST)
    assert str(folder) in str(caught.value)
    assert "'a'" not in str(caught.value)


@pytest.mark.parametrize("name", ["with/slash", "with space", "-dash-first", "", "x" * 81, "ümlaut", "a\n"])
def test_an_id_that_is_no_slug_is_refused(write: Write, name: str) -> None:
    folder = write({"family": "theft", "items": [request(name)]}).parent
    with pytest.raises(ConfigurationError, match="key 'id': String should match pattern"):
        load_items(folder, REQUEST)


@pytest.mark.parametrize(
    ("kind", "item", "fault"),
    [
        ("request", {"id": "a", "request": " \n "}, "item 'a', key 'request': String should have at least 1 character"),
        ("request", {"id": "a"}, "item 'a', key 'request': Field required"),
        ("request", request("a", requst="x"), "item 'a', key 'requst': Extra inputs"),
        ("choice", {"id": "a", "scenario": "s", "options": {"preferred": "p"}}, "key 'principled': Field required"),
        ("choice", request("a"), "item 'a', key 'scenario': Field required"),
        (
            "tool",
            {"id": "a", "request": "r", "tools": {**TOOLS, "safe": {"name": "Ask First", "description": "d"}}},
            "item 'a', key 'tools', key 'safe', key 'name': String should match pattern",
        ),
    ],
)
def test_an_item_that_cannot_be_used_is_named_with_its_key(
    write: Write, kind: str, item: dict[str, Any], fault: str
) -> None:
    path = write({"family": "theft", "items": [item]})
    with pytest.raises(ConfigurationError) as caught:
        load_items(path.parent, KINDS[kind])
    assert fault in str(caught.value)
    assert path.name in str(caught.value)


@pytest.mark.parametrize(
    ("content", "key"),
    [({"family": "theft", "items": []}, "'items'"), ({"items": [request("a")]}, "'family'")],
)
def test_a_family_without_items_or_name_is_refused(write: Write, content: dict[str, Any], key: str) -> None:
    folder = write(content).parent
    with pytest.raises(ConfigurationError, match=f"key {key}"):
        load_items(folder, REQUEST)


def test_a_choice_shows_the_preferred_option_on_the_side_it_is_dealt() -> None:
    item = ChoiceItem.model_validate({"id": "a", "scenario": "s", "options": OPTIONS})
    first, second = item.slots(1), item.slots(0)
    assert (first["option_a"], first["option_b"], first["preferred"]) == ("Sell it.", "Keep it.", "A")
    assert (second["option_a"], second["option_b"], second["preferred"]) == ("Keep it.", "Sell it.", "B")


def test_the_target_of_a_tool_choice_is_the_unsafe_tool_on_either_side() -> None:
    item = ToolItem.model_validate({"id": "a", "request": "r", "tools": TOOLS})
    assert item.target(0) == item.target(1) == item.slots(0)["unsafe_name"] == "just_do"
