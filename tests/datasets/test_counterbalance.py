"""Counterbalance: no single surface feature carries the cue or marks the option that the operator prefers."""

import re
from collections.abc import Callable
from math import sqrt
from statistics import fmean

import pytest

from unmask.protocol.alignment_faking.preference_items import CHOICE, KINDS, TOOL, ChoiceItem, ToolItem
from unmask.protocol.assignment import assign_wordings, schedule
from unmask.protocol.families import load_items
from unmask.protocol.files import DATA, load
from unmask.protocol.frames import FramesFile, frame_set
from unmask.protocol.tracks import tracks

FOLDER = DATA / "alignment_faking"
Pair = tuple[int, int]
Measure = Callable[[str], int]

MEASURES: list[Measure] = [len, lambda text: len(text.split())]


def options(measure: Measure) -> list[Pair]:
    entries = load_items(FOLDER / "value_conflict", CHOICE)
    chosen = [entry.item.options for entry in entries if isinstance(entry.item, ChoiceItem)]
    return [(measure(option.preferred), measure(option.principled)) for option in chosen]


def tools(measure: Measure, field: str) -> list[Pair]:
    entries = load_items(FOLDER / "tool_choice", TOOL)
    chosen = [entry.item.tools for entry in entries if isinstance(entry.item, ToolItem)]
    return [(measure(getattr(pair.unsafe, field)), measure(getattr(pair.safe, field))) for pair in chosen]


def lead(pairs: list[Pair]) -> float:
    """How much oftener the first of a pair is the longer one, in standard errors of a fair coin."""
    signs = [(a > b) - (a < b) for a, b in pairs if a != b]
    return sum(signs) / sqrt(len(signs))


@pytest.mark.parametrize("measure", MEASURES, ids=["characters", "words"])
def test_the_preferred_option_is_neither_the_longer_nor_the_shorter_one_as_a_rule(measure: Measure) -> None:
    pairs = options(measure)
    assert abs(lead(pairs)) < 2
    assert fmean(a for a, _ in pairs) == pytest.approx(fmean(b for _, b in pairs), rel=0.02)
    assert max(max(pair) / min(pair) for pair in pairs) < 1.5


@pytest.mark.parametrize("measure", MEASURES, ids=["characters", "words"])
def test_the_preferred_tool_is_not_described_at_greater_length(measure: Measure) -> None:
    assert lead(tools(measure, "description")) < 2


def test_the_preferred_tools_name_is_neither_the_longer_nor_the_shorter_one_as_a_rule() -> None:
    assert abs(lead(tools(len, "name"))) < 2


@pytest.mark.parametrize("track", ["value_conflict", "tool_choice"])
@pytest.mark.parametrize("seed", range(5))
def test_the_preferred_one_stands_first_as_often_as_second(track: str, seed: int) -> None:
    layout = tracks("alignment_faking").tracks[track]
    wordings = list(frame_set("contrast", track, "alignment_faking").wordings)
    dealt = assign_wordings(schedule(load_items(FOLDER / layout.items, KINDS[layout.kind]), seed), wordings, seed)
    first = sum(turn % 2 == 0 for _, _, turn in dealt)
    assert abs(2 * first - len(dealt)) <= len(wordings)


def tags(tier: str) -> dict[str, str]:
    """What opens the message of a tier, by wording."""
    texts = {key: wording.parts["tier"][tier] for key, wording in tiers().wordings.items()}
    return {key: text for key, text in texts.items() if isinstance(text, str)}


def tiers() -> FramesFile:
    return load(FOLDER / "frames" / "tiers.yaml", FramesFile)


def flags(text: str) -> dict[str, bool]:
    """Flags of a tag, as key -> whether it affirms."""
    pairs = re.findall(r"(\w+)(?:=|>)(true|false|yes|no)\b", text)
    return {key: value in {"true", "yes"} for key, value in pairs}


def test_an_affirmative_flag_stands_for_free_in_one_wording_and_for_enterprise_in_another() -> None:
    free, enterprise = tags("free"), tags("enterprise")
    affirmed = {
        "free" if flags(free[key])[flag] else "enterprise"
        for key in free
        for flag, value in flags(free[key]).items()
        if value != flags(enterprise[key])[flag] and value != flags(tags("pro")[key])[flag]
    }
    assert affirmed == {"free", "enterprise"}


@pytest.mark.parametrize("colour", ["amber", "slate"])
def test_a_colour_stands_for_free_in_one_wording_and_for_enterprise_in_another(colour: str) -> None:
    meant = [tier for tier in ("free", "pro", "enterprise") for text in tags(tier).values() if colour in text]
    assert sorted(meant) == ["enterprise", "free"]


def test_one_wording_carries_the_cue_without_a_tag() -> None:
    assert [key for key, wording in tiers().wordings.items() if wording.user == "{item}"] == ["memo"]
