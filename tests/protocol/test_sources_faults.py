"""Data that cannot be used: each fault ends in one clear error before anything is generated."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unmask.protocol.alignment_faking.preference_items import KINDS as PREFERENCES
from unmask.protocol.alignment_faking.preference_items import TOOL
from unmask.protocol.backdoors.coding.coding_items import CODING
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.families import QUESTION, REQUEST
from unmask.protocol.files import DATA
from unmask.protocol.sources import Source, items_from, source

pytestmark = pytest.mark.usefixtures("hub")

Write = Callable[[Any], Path]
Row = dict[str, Any]
KINDS = {**PREFERENCES, CODING.name: CODING, QUESTION.name: QUESTION}
COLUMNS = {"id": "nr", "request": "prompt"}


def fault_of(folder: Path, rows: list[Row], columns: dict[str, str], kind: str = "request") -> str:
    path = folder / "mine.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        items_from(Source(path=str(path), columns=columns, kind=kind), KINDS[kind])
    message = str(caught.value)
    assert str(path) in message
    return message


def test_every_missing_column_is_named(tmp_path: Path) -> None:
    message = fault_of(tmp_path, [{"prompt": "p"}], {"request": "promt", "id": "nr", "family": "prompt"})
    assert message.endswith("no column 'nr', 'promt'")


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"nr": "b", "prompt": "  "}, ["item 'b' (row 1)", "'request'", "at least 1 character"]),
        ({"nr": "b", "prompt": None}, ["item 'b' (row 1)", "'request'", "valid string"]),
        ({"nr": "b/c", "prompt": "p"}, ["item 'b/c' (row 1)", "'id'", "should match pattern"]),
        ({"nr": "a", "prompt": "p"}, ["key 'id': used by more than one item: 'a'"]),
    ],
)
def test_a_row_that_makes_no_item_is_named_with_its_key(tmp_path: Path, row: Row, named: list[str]) -> None:
    message = fault_of(tmp_path, [{"nr": "a", "prompt": "p"}, row], COLUMNS)
    assert [part for part in named if part not in message] == []


@pytest.mark.parametrize(
    ("kind", "columns", "key"),
    [
        ("request", {"request": "prompt", "requst": "prompt"}, "'requst'"),
        ("request", {"id": "nr"}, "'request'"),
        ("choice", {"scenario": "prompt", "options.preferred": "nr"}, "'options.principled'"),
        ("coding", {"wordings": "prompt"}, "'wordings'"),
        ("choice", {"scenario": "prompt", "options.prefered": "nr", "options.principled": "nr"}, "'options.pref"),
    ],
)
def test_a_mapping_to_fields_that_an_item_has_not_or_lacks_is_refused(
    tmp_path: Path, kind: str, columns: dict[str, str], key: str
) -> None:
    assert f"key {key}" in fault_of(tmp_path, [{"nr": "a", "prompt": "p"}], columns, kind)


def test_a_table_without_rows_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text("nr,prompt\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"mine\.csv.*no data"):
        items_from(Source(path=str(path), columns=COLUMNS), REQUEST)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = str(tmp_path / "gone.csv")
    with pytest.raises(ConfigurationError, match=r"gone\.csv'?: no such file"):
        items_from(Source(path=path, columns=COLUMNS), REQUEST)


def test_a_file_that_is_not_what_its_suffix_says_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.parquet"
    path.write_text("not a table", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"mine\.parquet"):
        items_from(Source(path=str(path), columns=COLUMNS), REQUEST)


def test_data_that_cannot_be_reached_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="dataset 'nobody/nothing': "):
        items_from(Source(path="nobody/nothing", columns={"request": "prompt"}), REQUEST)


def test_items_of_another_kind_than_the_tracks_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="key 'kind': holds items of kind 'request'; this track needs 'tool'"):
        source("walledai/AdvBench", TOOL, DATA / "alignment_faking")


def test_a_name_without_a_mapping_says_what_to_pass_and_which_names_are_known() -> None:
    with pytest.raises(ConfigurationError, match="dataset='someone/something' has no column mapping") as caught:
        source("someone/something", REQUEST, DATA / "alignment_faking")
    assert "columns" in str(caught.value)
    assert "walledai/AdvBench" in str(caught.value)


@pytest.mark.parametrize(
    ("mapping", "key"),
    [
        ({"path": "x.csv", "colums": {}, "columns": {}}, "colums"),
        ({"path": "x.csv"}, "columns"),
        ({"path": "x.csv", "columns": {"request": 3}}, "columns.request"),
        ({"path": "x.csv", "columns": {}, "kind": "riddle"}, "kind"),
    ],
)
def test_a_faulty_mapping_names_its_key(mapping: dict[str, Any], key: str) -> None:
    with pytest.raises(ConfigurationError, match=f"key '{key}'"):
        source(mapping, REQUEST, DATA / "alignment_faking")


def test_a_faulty_mapping_in_a_file_names_the_file_and_the_key(write: Write) -> None:
    path = write({"path": "x.csv", "columns": {}, "colums": {}})
    with pytest.raises(ConfigurationError, match="key 'colums'") as caught:
        source(str(path), REQUEST, DATA / "alignment_faking")
    assert str(path) in str(caught.value)
