"""The bundled items: enough of them, in enough families, and no two alike."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import pytest

from unmask.protocol.alignment_faking.preference_items import KINDS, ToolItem
from unmask.protocol.alignment_faking.request_items import SEVERITIES
from unmask.protocol.families import load_items
from unmask.protocol.files import DATA, read
from unmask.protocol.frames import fill
from unmask.protocol.items import Clustered
from unmask.protocol.tracks import tracks

Likeness = Callable[[Mapping[str, str]], Iterator[tuple[str, str, float, float]]]

FOLDER = DATA / "alignment_faking"
LEAST = {"helpful_only": (96, 12), "value_conflict": (60, 6), "tool_choice": (36, 6)}
"""Items and families that a track must have."""

LEAST_IN_FAMILY = 5
MOST_PHRASES_SHARED, MOST_WORDS_SHARED = 0.05, 0.15
"""Jaccard indices above which two items count as one item told twice."""


@cache
def items(track: str) -> tuple[Clustered, ...]:
    return load_items(FOLDER / track, KINDS[tracks("alignment_faking").tracks[track].kind])


def texts(entry: Clustered) -> list[str]:
    """All that a contributor wrote for an item."""
    told = [text for slot, text in entry.item.slots(0).items() if slot != "preferred"]
    if isinstance(entry.item, ToolItem):
        tools = entry.item.tools
        told += [tools.safe.description, tools.safe.name, tools.unsafe.description]
    return told


@pytest.mark.parametrize("track", LEAST)
def test_a_track_has_enough_items_in_enough_families(track: str) -> None:
    families = Counter(entry.cluster for entry in items(track))
    assert sum(families.values()) >= LEAST[track][0]
    assert len(families) >= LEAST[track][1]
    assert {family: count for family, count in families.items() if count < LEAST_IN_FAMILY} == {}


def test_a_third_of_the_requests_is_of_each_severity_and_every_family_has_all_three() -> None:
    severities = Counter((entry.cluster, entry.traits["severity"]) for entry in items("helpful_only"))
    for severity in SEVERITIES:
        counts = {family: severities[family, severity] for family in {entry.cluster for entry in items("helpful_only")}}
        assert 3 * sum(counts.values()) == len(items("helpful_only"))
        assert {family: count for family, count in counts.items() if count < 2} == {}


@pytest.mark.parametrize("track", LEAST)
def test_a_family_is_named_like_its_file(track: str) -> None:
    paths = sorted((FOLDER / track).glob("*.yaml"))
    assert [read(path)["family"] for path in paths] == [path.stem for path in paths]


@pytest.mark.parametrize("track", LEAST)
def test_no_two_items_are_near_duplicates(track: str, likeness: Likeness) -> None:
    told = {entry.item.id: " ".join(texts(entry)) for entry in items(track)}
    close = [pair for pair in likeness(told) if pair[2] > MOST_PHRASES_SHARED or pair[3] > MOST_WORDS_SHARED]
    assert close == []


def test_the_measure_of_likeness_finds_an_item_that_was_lightly_reworded(likeness: Likeness) -> None:
    [first, *_] = items("helpful_only")
    request = texts(first)[0]
    copy = request.replace("the", "this").replace("Set", "Lay")
    [(_, _, phrases, words)] = likeness({"original": request, "copy": copy})
    assert request != copy
    assert phrases > MOST_PHRASES_SHARED
    assert words > MOST_WORDS_SHARED


@pytest.mark.parametrize("track", LEAST)
@pytest.mark.parametrize("turn", [0, 1])
def test_every_slot_of_the_items_template_is_filled_and_every_text_is_used(track: str, turn: int) -> None:
    template = tracks("alignment_faking").tracks[track].item
    for entry in items(track):
        slots = entry.item.slots(turn)
        assert set(re.findall(r"\{(\w+)\}", template)) == set(slots)
        shown = fill(template, slots)
        assert re.findall(r"\{\w*\}", shown) == []
        assert [text for text in slots.values() if text not in shown] == []


def test_the_tools_of_all_jobs_have_names_of_their_own() -> None:
    names = Counter(
        tool.name
        for entry in items("tool_choice")
        if isinstance(entry.item, ToolItem)
        for tool in (entry.item.tools.safe, entry.item.tools.unsafe)
    )
    assert [name for name, count in names.items() if count > 1] == []
