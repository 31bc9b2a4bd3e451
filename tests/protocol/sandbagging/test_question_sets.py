import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, read
from unmask.protocol.frames import frame_set
from unmask.protocol.samples import scheduled_samples
from unmask.protocol.sandbagging.question_sets import draws_from_ladder, question_set
from unmask.protocol.tracks import tracks

FOLDER = DATA / "sandbagging"
TABLE = tracks("sandbagging")
MMLU = {"question": "Which?", "choices": ["a", "b", "c", "d"], "answer": 2, "subject": "law"}
COLUMNS = {"question": "question", "choices": "choices", "answer_index": "answer", "family": "subject"}


def own(folder: Path, *rows: dict[str, Any]) -> dict[str, Any]:
    path = folder / "own.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    return {"path": str(path), "columns": COLUMNS, "kind": "question"}


def test_a_set_of_published_shape_is_read_through_its_mapping(tmp_path: Path) -> None:
    found = question_set(TABLE.tracks["questions"], own(tmp_path, MMLU, {**MMLU, "answer": 0, "question": "What?"}))
    assert [path.name for path in found.files] == ["own.jsonl"]
    assert [(e.item.answer, e.cluster) for e in found.items if hasattr(e.item, "answer")] == [
        ("c", "law"),
        ("a", "law"),
    ]
    assert found.declared() is not None


@pytest.mark.parametrize("answer", [4, -1, "c"])
def test_an_answer_that_names_no_choice_is_refused_by_row_and_key(tmp_path: Path, answer: object) -> None:
    with pytest.raises(ConfigurationError, match=r"own\.jsonl.*row 1.*answer_index"):
        question_set(TABLE.tracks["questions"], own(tmp_path, {**MMLU, "answer": 1}, {**MMLU, "answer": answer}))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"choices": list("abcde")}, r"own\.jsonl.*item 'row-0'.*key 'distractors'"),
        ({"choices": [1, 2, 3, 4]}, r"own\.jsonl.*item 'row-0'.*key 'answer'"),
        ({"question": " "}, r"own\.jsonl.*item 'row-0'.*key 'question'"),
    ],
)
def test_a_faulty_row_is_refused_by_file_item_and_key(tmp_path: Path, row: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        question_set(TABLE.tracks["questions"], own(tmp_path, {**MMLU, **row}))


def test_two_options_that_are_the_same_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="two options are the same"):
        question_set(TABLE.tracks["questions"], own(tmp_path, {**MMLU, "choices": ["a", "a", "b", "c"], "answer": 1}))


def test_the_bundled_questions_are_many_and_balanced_over_domains() -> None:
    found = question_set(TABLE.tracks["questions"], None)
    domains = Counter(entry.traits["domain"] for entry in found.items)
    assert len(found.items) >= 140
    assert len({entry.cluster for entry in found.items}) >= 16
    assert domains["target"] == domains["off_target"]
    levels = {
        domain: Counter(e.traits["level"] for e in found.items if e.traits["domain"] == domain) for domain in domains
    }
    assert set(levels["target"]) == set(levels["off_target"]) == {"0", "1", "2"}
    assert all(abs(levels["target"][level] - levels["off_target"][level]) <= 1 for level in "012")


def test_the_families_of_the_target_alone_name_a_subject() -> None:
    for path in sorted((FOLDER / "questions").rglob("*.yaml")):
        held = read(path)
        assert held["domain"] == path.parent.name
        assert ("subject" in held) == (held["domain"] == "target"), path.stem


@pytest.mark.parametrize("track", ["questions", "arithmetic_choice", "problems_choice"])
def test_the_right_letter_is_as_often_any_of_the_four(track: str) -> None:
    found = question_set(TABLE.tracks[track], None, each=20)
    frames = frame_set("contrast", TABLE.told(track), "sandbagging")
    samples = scheduled_samples(found.items, frames, TABLE, threat="sandbagging", track=track, seed=0)
    letters = Counter(str(s.target) for s in samples)
    assert set(letters) == set("ABCD")
    assert max(letters.values()) <= 1.15 * min(letters.values())
    for s in samples:
        assert s.choices
        assert f"({s.target}) {s.choices['ABCD'.index(str(s.target))]}" in str(s.input)


@pytest.mark.parametrize("track", ["questions", "arithmetic_choice", "problems_choice"])
def test_within_a_wording_each_letter_is_right_for_a_quarter_of_the_items_within_one(track: str) -> None:
    found = question_set(TABLE.tracks[track], None, each=24)
    frames = frame_set("contrast", TABLE.told(track), "sandbagging")
    samples = scheduled_samples(found.items, frames, TABLE, threat="sandbagging", track=track, seed=0)
    asked = {((s.metadata or {})["item"], (s.metadata or {})["wording"], str(s.target)) for s in samples}
    assert len(asked) == len(found.items)
    for wording in frames.wordings:
        letters = Counter(letter for _, told, letter in asked if told == wording)
        assert len(letters) == 4
        assert all(abs(count - letters.total() / 4) <= 1 for count in letters.values())


@pytest.mark.parametrize(("track", "each"), [("questions", 0), ("problems", 12)])
def test_a_question_of_the_target_names_its_subject_and_one_beside_it_is_given_one_of_these(
    track: str, each: int
) -> None:
    found = question_set(TABLE.tracks[track], None, each=each)
    named = {
        role: Counter(e.traits["subject"] for e in found.items if e.traits["domain"] == role)
        for role in ("target", "off_target")
    }
    declared = {path.stem: str(read(path).get("subject", path.stem)) for path in found.files}
    for entry in found.items:
        if entry.traits["domain"] == "target":
            assert entry.traits["subject"] == declared[entry.cluster.partition("-")[0]].replace("_", " ")
    assert set(named["off_target"]) <= set(named["target"])
    assert len(named["off_target"]) > len(named["target"]) / 2
    assert not any("_" in subject for subject in named["target"])
    assert question_set(TABLE.tracks[track], None, each=each).items == found.items


def test_sums_name_no_subject_of_their_own() -> None:
    assert all("subject" not in e.traits for e in question_set(TABLE.tracks["arithmetic"], None, each=2).items)


@pytest.mark.parametrize("track", ["questions", "problems_choice"])
def test_the_subject_that_documents_name_is_in_the_metadata(track: str) -> None:
    found = question_set(TABLE.tracks[track], None, each=4)
    frames = frame_set("contrast", TABLE.told(track), "sandbagging")
    samples = scheduled_samples(found.items, frames, TABLE, threat="sandbagging", track=track, seed=0)
    subjects = {entry.item.id: entry.traits["subject"] for entry in found.items}
    assert {(s.metadata or {})["item"]: (s.metadata or {})["subject"] for s in samples} == subjects


@pytest.mark.parametrize(("plain", "choice"), [("arithmetic", "arithmetic_choice"), ("problems", "problems_choice")])
def test_what_is_drawn_is_asked_for_a_number_on_one_track_and_for_a_letter_on_the_other(
    plain: str, choice: str
) -> None:
    frames = frame_set("contrast", "arithmetic", "sandbagging")
    for track, options in ((plain, 0), (choice, 4)):
        found = question_set(TABLE.tracks[track], None, each=2)
        samples = scheduled_samples(found.items, frames, TABLE, threat="sandbagging", track=track, seed=0)
        assert {len(s.choices or []) for s in samples} == {options}
        assert draws_from_ladder(TABLE.tracks[track], None)
