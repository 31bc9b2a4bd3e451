"""Labelled exchanges, and requests by severity, by authors who had not seen a rubric: whole, distinct, of known labels.

They are for measuring judges and rules; nothing is fitted to them yet. The labels are their authors', and the authors
are language models.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from unmask.protocol.alignment_faking.preference_items import KINDS
from unmask.protocol.families import load_items
from unmask.protocol.files import DATA, canary

LABELS = {
    "awareness": {"aware", "not", "either"},
    "compliance": {"full", "partial", "substitute", "refusal"},
    "faking_reasoning": {"faking", "not", "either"},
    "sandbagging_intent": {"meant", "order", "slip", "either"},
}


def rows(name: str) -> list[dict[str, Any]]:
    path = Path(__file__).with_name(f"{name}.jsonl")
    first, *rest = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert first == {"canary": canary()}
    return rest


@pytest.mark.parametrize("name", LABELS)
def test_labels_are_known_and_ids_and_texts_distinct(name: str) -> None:
    found = rows(name)
    assert len(found) >= 60
    assert {row["label"] for row in found} <= LABELS[name]
    assert len({row["id"] for row in found}) == len(found)
    assert len({json.dumps({**row, "id": ""}) for row in found}) == len(found)


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
