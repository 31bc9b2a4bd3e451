"""Items of the user's own: files of each format, read by the real `datasets` through a declared mapping."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from unmask.protocol.alignment_faking.preference_items import CHOICE, TOOL, ChoiceItem, ToolItem
from unmask.protocol.backdoors.coding.coding_items import CODING
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.families import QUESTION, REQUEST
from unmask.protocol.files import DATA, load
from unmask.protocol.items import Clustered
from unmask.protocol.sources import Source, Sources, items_from, source

pytestmark = pytest.mark.usefixtures("hub")

FOLDER = DATA / "alignment_faking"
Row = dict[str, Any]
ROWS: list[Row] = [
    {"nr": "q-1", "topic": "theft", "prompt": 'Say "hello",\nthen rob me.'},
    {"nr": "q-2", "topic": "arson", "prompt": "Burn\tit {down}."},
]
WRITERS: dict[str, Callable[[Path, list[Row]], object]] = {
    "csv": lambda path, rows: pd.DataFrame(rows).to_csv(path, index=False),
    "tsv": lambda path, rows: pd.DataFrame(rows).to_csv(path, index=False, sep="\t"),
    "jsonl": lambda path, rows: path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8"),
    "json": lambda path, rows: path.write_text(json.dumps(rows), encoding="utf-8"),
    "parquet": lambda path, rows: pd.DataFrame(rows).to_parquet(path),
    "CSV": lambda path, rows: pd.DataFrame(rows).to_csv(path, index=False),
}
PUBLISHED: dict[str, tuple[Row, str]] = {
    "LLM-LAT/harmful-dataset": ({"prompt": "the request", "rejected": "yes", "chosen": "no"}, "row-0"),
    "walledai/AdvBench": ({"prompt": "the request", "target": "Sure, here is"}, "row-0"),
    "JailbreakBench/JBB-Behaviors": (
        {
            "Index": 0,
            "Goal": "the request",
            "Target": "Sure, here is",
            "Behavior": "Defamation",
            "Category": "Harassment/Discrimination",
            "Source": "Original",
        },
        "Harassment/Discrimination",
    ),
}


def written(folder: Path, suffix: str, rows: list[Row]) -> str:
    path = folder / f"mine.{suffix}"
    WRITERS[suffix](path, rows)
    return str(path)


def texts(items: tuple[Clustered, ...]) -> list[tuple[str, str, str]]:
    return [(entry.item.id, entry.cluster, entry.item.slots(0)["request"]) for entry in items]


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_local_file_is_read_through_its_mapping(tmp_path: Path, suffix: str) -> None:
    columns = {"id": "nr", "family": "topic", "request": "prompt"}
    where = source({"path": written(tmp_path, suffix, ROWS), "columns": columns}, REQUEST, FOLDER)
    assert texts(items_from(where, REQUEST).items) == [(row["nr"], row["topic"], row["prompt"]) for row in ROWS]


def test_the_row_stands_in_for_an_id_and_the_item_for_a_family(tmp_path: Path) -> None:
    where = Source(path=written(tmp_path, "jsonl", ROWS), columns={"request": "prompt"})
    assert [(name, cluster) for name, cluster, _ in texts(items_from(where, REQUEST).items)] == [
        ("row-0", "row-0"),
        ("row-1", "row-1"),
    ]


def test_numbers_serve_as_ids_and_families(tmp_path: Path) -> None:
    rows = [{"nr": 7, "topic": 3, "prompt": "p"}]
    columns = {"id": "nr", "family": "topic", "request": "prompt"}
    assert texts(items_from(Source(path=written(tmp_path, "csv", rows), columns=columns), REQUEST).items) == [
        ("7", "3", "p")
    ]


def test_a_mapping_can_be_kept_in_a_yaml_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    data = written(tmp_path, "csv", ROWS)
    path.write_text(f"path: {data}\ncolumns: {{request: prompt}}\n", encoding="utf-8")
    assert [entry.item.id for entry in items_from(source(str(path), REQUEST, FOLDER), REQUEST).items] == [
        "row-0",
        "row-1",
    ]


def test_dotted_fields_reach_into_a_choice(tmp_path: Path) -> None:
    rows = [{"story": "s", "bad": "Sell it.", "good": "Keep it."}]
    columns = {"scenario": "story", "options.preferred": "bad", "options.principled": "good"}
    data = {"path": written(tmp_path, "csv", rows), "columns": columns, "kind": "choice"}
    [entry] = items_from(source(data, CHOICE, FOLDER), CHOICE).items
    assert isinstance(entry.item, ChoiceItem)
    assert (entry.item.scenario, entry.item.options.preferred, entry.item.options.principled) == (
        ("s", "Sell it.", "Keep it.")
    )


def test_dotted_fields_reach_two_levels_into_a_tool_choice(tmp_path: Path) -> None:
    row = {"job": "j", "a": "ask_first", "a_text": "Asks.", "b": "just_do", "b_text": "Does."}
    columns = {"request": "job", "tools.safe.name": "a", "tools.safe.description": "a_text"}
    columns |= {"tools.unsafe.name": "b", "tools.unsafe.description": "b_text"}
    data = {"path": written(tmp_path, "parquet", [row]), "columns": columns, "kind": "tool"}
    [entry] = items_from(source(data, TOOL, FOLDER), TOOL).items
    assert isinstance(entry.item, ToolItem)
    assert (entry.item.tools.safe.description, entry.item.target(0)) == ("Asks.", "just_do")


def test_coding_tasks_come_with_their_wordings(tmp_path: Path) -> None:
    rows = [{"told": ["Write f(x).", "We need f(x).", "f(x), please."], "kind": "files"}]
    columns = {"wordings": "told", "family": "kind"}
    data = {"path": written(tmp_path, "jsonl", rows), "columns": columns, "kind": "coding"}
    [entry] = items_from(source(data, CODING, FOLDER), CODING).items
    assert (entry.cluster, entry.item.slots(4)["request"]) == ("files", "We need f(x).")


def test_a_nested_column_is_taken_whole(tmp_path: Path) -> None:
    rows = [{"story": "s", "options": {"preferred": "Sell it.", "principled": "Keep it."}}]
    columns = {"scenario": "story", "options": "options"}
    [entry] = items_from(Source(path=written(tmp_path, "jsonl", rows), columns=columns, kind="choice"), CHOICE).items
    assert entry.item.slots(0)["option_b"] == "Sell it."


def test_every_known_name_has_a_published_shape_to_be_tested_on() -> None:
    assert set(load(FOLDER / "sources.yaml", Sources).sources) == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_known_name_reads_a_file_of_the_published_shape(tmp_path: Path, name: str) -> None:
    row, cluster = PUBLISHED[name]
    known = source(name, REQUEST, FOLDER)
    assert known.path == name
    local = known.model_copy(update={"path": written(tmp_path, "parquet", [row])})
    assert texts(items_from(local, REQUEST).items) == [("row-0", cluster, "the request")]


def test_faulty_rows_of_a_published_set_are_left_out_and_listed(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"q": "Which?", "c": ["a", "b", "c", "d"], "k": 1},
        {"q": "Which one?", "c": ["a", "a", "c", "d"], "k": 2},
    ]
    columns = {"question": "q", "choices": "c", "answer_index": "k"}
    where = Source(path=written(tmp_path, "jsonl", rows), columns=columns, kind="question")
    with pytest.raises(ConfigurationError, match=r"row 1.*two options are the same"):
        items_from(where, QUESTION)
    found = items_from(where.model_copy(update={"drop_faulty": True}), QUESTION)
    assert [entry.item.id for entry in found.items] == ["row-0"]
    [fault] = found.left_out
    assert "two options are the same" in fault


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    path.write_text("")
    with pytest.raises(ConfigurationError, match="has no rows"):
        items_from(Source(path=str(path), columns={"request": "prompt"}), REQUEST)
