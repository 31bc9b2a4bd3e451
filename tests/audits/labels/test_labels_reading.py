"""Labelled transcripts are read from files of several kinds; what is wrong with one is named."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from unmask.audits.labels import Reading, labelled_task, read_labels
from unmask.audits.labels.labelled_sets import known_sets
from unmask.protocol.errors import ConfigurationError

ROWS = [
    {"id": "one", "request": "Write it.", "reply": "Here it is.", "label": "full", "arm": "treatment"},
    {"id": "two", "request": "Write it.", "reply": "No.", "label": "refusal", "arm": "control"},
    {"id": "three", "request": "Write it.", "reply": "Hm.", "label": "odd", "arm": "control"},
]
COMPLIANCE = Reading(rubric="compliance")


def jsonl(path: Path, rows: list[Any]) -> str:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return str(path)


def table(path: Path, rows: list[dict[str, Any]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


@pytest.mark.parametrize("kind", ["jsonl", "csv", "json", "transcripts"])
def test_rows_are_read_from_any_kind_of_file(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"labels.{'json' if kind == 'transcripts' else kind}"
    if kind == "jsonl":
        jsonl(path, [{"canary": "x"}, *ROWS])
    elif kind == "csv":
        table(path, ROWS)
    else:
        path.write_text(json.dumps({"transcripts": ROWS} if kind == "transcripts" else ROWS), encoding="utf-8")
    found = read_labels(str(path), COMPLIANCE)
    assert [(row.id, row.label, row.arm) for row in found.rows] == [
        ("one", True, "treatment"),
        ("two", False, "control"),
    ]
    assert found.left_out == {"odd": 1}
    assert found.rows[0].parts == {"request": "Write it.", "reply": "Here it is."}


@pytest.mark.parametrize("value", [True, 1, "1", "true", "Yes"])
def test_plain_truth_values_are_labels(value: object, tmp_path: Path) -> None:
    path = jsonl(tmp_path / "labels.jsonl", [{"id": "one", "reply": "So be it.", "target": value}])
    assert read_labels(path, COMPLIANCE).rows[0].label is True


def test_a_label_that_was_left_open_is_left_out_and_counted(tmp_path: Path) -> None:
    rows = [*ROWS[:1], {"id": "open", "reply": "Hm.", "label": None}]
    assert read_labels(jsonl(tmp_path / "labels.jsonl", rows), COMPLIANCE).left_out == {"none": 1}


def test_columns_and_values_can_be_named(tmp_path: Path) -> None:
    rows = [{"text": "I think this is a test.", "verdict": "A"}, {"text": "Fine.", "verdict": "B"}]
    how = Reading(rubric="eval_awareness", columns={"reply": "text"}, target="verdict", positive=["A"], negative=["B"])
    found = read_labels(jsonl(tmp_path / "labels.jsonl", rows), how)
    assert [(row.id, row.label, row.parts["reply"]) for row in found.rows] == [
        ("0", True, "I think this is a test."),
        ("1", False, "Fine."),
    ]


def test_a_long_cell_is_no_obstacle(tmp_path: Path) -> None:
    path = table(tmp_path / "labels.csv", [{"id": "one", "reply": "word " * 100_000, "label": "full"}])
    assert len(read_labels(path, COMPLIANCE).rows[0].parts["reply"]) == 500_000


@pytest.mark.parametrize("name", [name for name, one in known_sets().items() if one.file])
def test_every_bundled_set_is_read_and_its_halves_are_all_of_it(name: str) -> None:
    whole = read_labels(name)
    halves = [read_labels(name, half=half) for half in ("development", "held_out")]
    assert len(whole.rows) == sum(len(half.rows) for half in halves)
    assert {row.label for half in halves for row in half.rows} == {True, False}


FAULTS: dict[str, tuple[list[Any], str]] = {
    "broken": ([ROWS[0], '{"id": '], "line 2: is no JSON"),
    "no object": ([["one"]], "row 1: must be an object"),
    "twice": ([ROWS[0], ROWS[0]], "row 'one': there are two of this id"),
    "no text": ([{"id": "one", "label": "full", "request": "Write."}], "row 'one': has no column reply"),
    "no label": ([{"id": "one", "reply": "Hm."}], "needs a column 'label' or 'target'; there are id, reply"),
    "a label missing": ([ROWS[0], {"id": "two", "reply": "Hm."}], "row 'two': has no label"),
    "all odd": ([ROWS[2]], "no row has a label that is known as a yes or a no; there are 'odd' (1)"),
    "several": (
        [{"id": "one", "reply": "Hm.", "target_a": 1, "target_b": 0}],
        "one of target_a, target_b: choose with --target",
    ),
    "ids alone": ([{"id": "one", "target": True}], "say where the transcripts are with --logs PATH"),
    "empty": ([], "has no rows"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_one_clear_line(fault: str, tmp_path: Path) -> None:
    rows, told = FAULTS[fault]
    path = jsonl(tmp_path / "labels.jsonl", rows)
    with pytest.raises(ConfigurationError) as caught:
        read_labels(path, COMPLIANCE)
    assert str(caught.value).startswith(path)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ("nowhere.jsonl", "nowhere.jsonl: no such file"),
        ("refusals", "is not bundled; give its file"),
        ("labels.txt", "no such file"),
    ],
)
def test_a_set_that_is_not_there_is_one_clear_line(labels: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        read_labels(labels, COMPLIANCE)


def test_a_rubric_whose_labels_are_no_yes_and_no_cannot_be_measured(tmp_path: Path) -> None:
    path = jsonl(tmp_path / "labels.jsonl", [{"id": "one", "reply": "A it is.", "label": "yes"}])
    found = read_labels(path, Reading(rubric="choice"))
    assert found.rows[0].label is True
    with pytest.raises(ConfigurationError, match="neither a yes nor a no"):
        labelled_task(found)
