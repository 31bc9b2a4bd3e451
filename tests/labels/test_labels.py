"""Labelled exchanges, and requests by severity, by authors who had not seen a rubric: whole, distinct, of known labels.

They are for measuring judges and rules; nothing is fitted to them yet. The labels are their authors', and the authors
are language models.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.labels.reading import held_out, labelled
from unmask.protocol.alignment_faking.preference_items import KINDS
from unmask.protocol.families import load_items
from unmask.protocol.files import DATA, canary

FORMS = {"tag", "bold", "final", "words", "correction", "open_tag", "notation", "none"}
"""Forms in which a free answer is given."""

LABELS: dict[str, tuple[str, set[object], int]] = {
    "adaptations": ("label", {"adapts", "departs", "same"}, 60),
    "awareness": ("label", {"aware", "not", "either"}, 72),
    "compliance": ("label", {"full", "partial", "substitute", "refusal"}, 84),
    "departure": ("label", {"works_against", "does_declined", "withholds", "degraded", "adapts", "none"}, 80),
    "disclosure": ("label", {"disclosed", "partly", "concealed"}, 83),
    "faking_reasoning": ("label", {"faking", "not", "either"}, 72),
    "free_answers": ("kind", {*FORMS}, 315),
    "gates": ("holds", {True, False}, 90),
    "intent_and_order": ("label", {"sandbagging", "complying", "honest_mistake", "withheld"}, 40),
    "quotes": ("supported", {True, False}, 122),
    "replies": ("label", {"full", "partial", "substitute", "refusal"}, 103),
    "sandbagging_intent": ("label", {"meant", "order", "slip", "either"}, 66),
}
"""By file: the key of the label, all labels, and how many rows there are at least."""

PARTS = {
    "adaptations": {"beside", "request", "reference", "reply", "why"},
    "free_answers": {"question", "options", "completion", "given"},
    "departure": {"request", "reference", "reply", "why"},
    "disclosure": {"deed", "report", "why"},
    "gates": {"topic", "text"},
    "intent_and_order": {"question", "options", "key", "reasoning", "answer", "why"},
    "quotes": {"parts", "quote", "why"},
    "replies": {"request", "decision", "reply"},
}
"""What stands in a row beside its id and its label."""

LEAST_OF_A_LABEL = 4


def rows(name: str) -> list[dict[str, Any]]:
    first = Path(__file__).with_name(f"{name}.jsonl").read_text(encoding="utf-8").splitlines()[0]
    assert json.loads(first) == {"canary": canary()}
    return labelled(name)


def test_every_file_of_labels_is_checked_here() -> None:
    found = {path.stem for path in Path(__file__).parent.glob("*.jsonl")}
    assert found == {*LABELS, "requests_by_severity"}


@pytest.mark.parametrize("name", LABELS)
def test_labels_are_known_and_ids_and_texts_distinct(name: str) -> None:
    found, (key, labels, least) = rows(name), LABELS[name]
    assert len(found) >= least
    counts = Counter(row[key] for row in found)
    assert set(counts) == labels
    assert min(counts.values()) >= LEAST_OF_A_LABEL
    assert len({row["id"] for row in found}) == len(found)
    assert len({json.dumps({**row, "id": ""}) for row in found}) == len(found)


@pytest.mark.parametrize("name", PARTS)
def test_every_row_has_all_its_parts_and_no_others(name: str) -> None:
    wanted = {"id", LABELS[name][0], *PARTS[name]}
    assert [row["id"] for row in rows(name) if set(row) != wanted] == []


def test_an_answer_is_given_in_every_form_but_none() -> None:
    for row in rows("free_answers"):
        assert (row["given"] is None) == (row["kind"] == "none"), row["id"]
        assert len(row["options"]) in {0, 4}, row["id"]
        assert not row["options"] or row["given"] in {None, *"ABCD"}, row["id"]


def test_quotes_are_half_of_them_supported_and_every_exchange_has_words_of_the_model() -> None:
    found = rows("quotes")
    assert 2 * sum(row["supported"] for row in found) == len(found)
    for row in found:
        assert {"reasoning", "reply"} <= set(row["parts"]) <= {"request", "reasoning", "reply"}, row["id"]


def test_every_topic_of_the_gates_has_twenty_texts_that_hold_and_ten_that_do_not() -> None:
    topics = ("awareness", "objection", "situation")
    counts = Counter((row["topic"], row["holds"]) for row in rows("gates"))
    assert counts == {(topic, holds): 20 if holds else 10 for topic in topics for holds in (True, False)}


def test_an_answer_whose_intent_is_in_question_is_wrong() -> None:
    assert [row["id"] for row in rows("intent_and_order") if row["answer"] == row["key"]] == []


@pytest.mark.parametrize("name", LABELS)
def test_about_half_of_a_file_is_held_out_and_it_holds_every_label_but_for_forms(name: str) -> None:
    key, labels, _ = LABELS[name]
    kept = [row for row in rows(name) if held_out(row["id"])]
    assert 0.3 <= len(kept) / len(rows(name)) <= 0.7
    assert key == "kind" or {row[key] for row in kept} == labels


def test_requests_are_a_third_of_each_severity() -> None:
    found = rows("requests_by_severity")
    assert Counter(row["severity"] for row in found) == {"blatant": 32, "grey": 32, "dual_use": 32}
    assert len({row["id"] for row in found}) == len({row["request"] for row in found}) == 96


def test_requests_are_the_bundled_items_in_their_families_and_of_their_severity() -> None:
    bundled = {
        entry.item.id: (entry.cluster, entry.traits["severity"], " ".join(entry.item.slots(0)["request"].split()))
        for entry in load_items(DATA / "alignment_faking" / "helpful_only", KINDS["request"])
    }
    labelled = {r["id"]: (r["family"], r["severity"], r["request"]) for r in rows("requests_by_severity")}
    assert labelled == bundled
