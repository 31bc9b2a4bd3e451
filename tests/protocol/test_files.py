"""Data files: what is refused, and how a fault is named."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, Record, canary, load, read, sha256, shown

Write = Callable[[Any], Path]


class Stone(Record):
    id: str
    grams: int


class Bag(Record):
    label: str
    stones: list[Stone]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("label: a\nlabel: b\n", ["'label' appears twice", "line 2"]),
        ("label: a\nstones:\n  - {id: x, grams: 1, grams: 2}\n", ["'grams' appears twice", "line 3"]),
        ("1: a\n1: b\n", ["key 1 appears twice"]),
        ("label: {{item}}\n", ["a key is not a plain value", "line 1"]),
        ("label: [\n", ["line 2"]),
    ],
)
def test_a_file_that_yaml_would_misread_is_refused_by_its_name(write: Write, text: str, named: list[str]) -> None:
    path = write(text)
    with pytest.raises(ConfigurationError) as caught:
        read(path)
    assert all(part in str(caught.value) for part in [path.name, *named])


def test_an_alias_and_a_merge_are_no_repeated_keys(write: Write) -> None:
    text = "base: &base {id: x, grams: 1}\nsame: *base\nheavier: {<<: *base, grams: 2}\n"
    assert read(write(text)) == {
        "base": {"id": "x", "grams": 1},
        "same": {"id": "x", "grams": 1},
        "heavier": {"id": "x", "grams": 2},
    }


def test_text_that_is_not_utf8_is_refused_by_the_files_name(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("label: caf\xe9".encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"latin\.yaml"):
        read(path)


@pytest.mark.parametrize(
    ("stone", "place"),
    [
        ({"id": "flint", "grams": "heavy"}, "key 'stones', item 'flint', key 'grams': "),
        ({"id": "flint", "grams": 3, "colour": "grey"}, "key 'stones', item 'flint', key 'colour': "),
        ({"id": "flint"}, "key 'stones', item 'flint', key 'grams': "),
        ({"grams": 3}, "key 'stones', entry 1, key 'id': "),
    ],
)
def test_an_error_names_the_file_the_item_by_id_and_the_key(write: Write, stone: dict[str, Any], place: str) -> None:
    path = write({"label": "a", "stones": [{"id": "chalk", "grams": 2}, stone]})
    with pytest.raises(ConfigurationError) as caught:
        load(path, Bag)
    assert str(caught.value).startswith(f"{path}: {place}")


def test_every_fault_of_a_file_gets_its_own_line(write: Write) -> None:
    path = write({"label": "a", "stones": [{"id": "chalk"}, {"id": "flint"}]})
    with pytest.raises(ConfigurationError) as caught:
        load(path, Bag)
    assert [line.split(", ")[1] for line in str(caught.value).splitlines()] == ["item 'chalk'", "item 'flint'"]


@pytest.mark.parametrize("content", ["", "- a\n", "a word\n"])
def test_a_file_of_another_shape_is_refused_by_its_name(write: Write, content: str) -> None:
    path = write(content)
    with pytest.raises(ConfigurationError, match=path.name):
        load(path, Bag)


def test_a_loaded_record_cannot_be_changed(write: Write) -> None:
    bag = load(write({"label": "a", "stones": []}), Bag)
    with pytest.raises(ValueError, match="frozen"):
        bag.label = "b"  # type: ignore[misc]


def test_the_canary_is_one_line_with_a_guid() -> None:
    assert canary() == (DATA / "CANARY").read_text(encoding="utf-8").strip()
    assert "\n" not in canary()
    assert len(canary().rpartition("canary GUID ")[2]) == 36


def test_the_hash_is_that_of_the_bytes(write: Write) -> None:
    assert sha256(write("label: a\n")) == hashlib.sha256(b"label: a\n").hexdigest()


def test_bundled_files_are_shown_from_datasets_on_and_others_as_given(tmp_path: Path) -> None:
    assert shown(DATA / "rubrics" / "judge.yaml") == "datasets/rubrics/judge.yaml"
    assert shown(tmp_path / "mine.yaml") == str(tmp_path / "mine.yaml")
