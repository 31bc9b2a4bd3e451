"""Rows of a file or a published data set, as they are, before anybody knows what they mean."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import read, typed_path

__all__ = ["Row", "read_rows"]

Row = dict[str, Any]

_CELL = 1 << 28
"""Longest cell of a CSV file; a transcript has more than the 128 KiB that Python allows."""


def read_rows(where: str, split: str | None = None) -> list[Row]:
    """Read the rows of a labels file.

    Args:
        where: A .jsonl, .json, .csv, .tsv or .yaml file, or the name of a data set on Hugging Face (`owner/name`).
        split: The split of a Hugging Face set, `train` where none is given. Of a file, the rows whose column `split`
            says so.

    Raises:
        ConfigurationError: If there is no such file or set, or it cannot be read, naming the line.
    """
    path = typed_path(where)
    if not path.is_file():
        if path.suffix or where.count("/") != 1 or where.startswith((".", "/", "~")):
            raise ConfigurationError(f"{where}: no such file")
        return _published(where, split or "train")
    rows = list(_local(path))
    if not rows:
        raise ConfigurationError(f"{where}: has no rows")
    if split is None:
        return rows
    found = [row for row in rows if row.get("split") == split]
    if not found:
        known = sorted({str(row["split"]) for row in rows if row.get("split")})
        raise ConfigurationError(f"{where}: no row of split {split!r}; there are {', '.join(known) or 'no splits'}")
    return found


def _local(path: Path) -> Iterator[Row]:
    try:
        if path.suffix in {".csv", ".tsv"}:
            yield from _table(path)
        elif path.suffix == ".jsonl":
            yield from _lines(path)
        elif path.suffix in {".json", ".yaml", ".yml"}:
            yield from _listed(path)
        else:
            raise ConfigurationError(f"{path}: must be .jsonl, .json, .csv, .tsv or .yaml")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(f"{path}: {error}") from error


def _table(path: Path) -> Iterator[Row]:
    csv.field_size_limit(_CELL)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","), 2):
            if None in row:
                raise ConfigurationError(f"{path}: row {number}: has more cells than the header has columns")
            yield {name: cell for name, cell in row.items() if cell not in (None, "")}


def _lines(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield from _checked([_parsed(path, line, number)], path, number)


def _listed(path: Path) -> Iterator[Row]:
    """A list; one below `transcripts`, as `unmask label` writes it; or `cases` for each split, as in Scout."""
    found = read(path) if path.suffix != ".json" else _parsed(path, path.read_text(encoding="utf-8-sig"), 1)
    rows = found.get("transcripts") if isinstance(found, dict) else found
    if not isinstance(rows, list):
        raise ConfigurationError(f"{path}: must be a list of rows, or have one under the key 'transcripts'")
    for number, row in enumerate(_checked(rows, path, 1), 1):
        if "cases" in row and "id" not in row:
            yield from ({**case, "split": row.get("split")} for case in _checked(row["cases"], path, number))
        else:
            yield row


def _parsed(path: Path, text: str, number: int) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path}: line {number}: is no JSON ({error})") from error


def _checked(rows: list[Any], path: Path, first: int) -> Iterator[Row]:
    for number, row in enumerate(rows, first):
        if not isinstance(row, dict):
            raise ConfigurationError(f"{path}: row {number}: must be an object with named values")
        if set(row) != {"canary"}:
            yield row


def _published(name: str, split: str) -> list[Row]:
    import datasets  # type: ignore[import-untyped]  # costs over a second

    try:
        return [dict(row) for row in datasets.load_dataset(name, split=split)]
    except Exception as error:  # `datasets` raises from a dozen libraries
        reason = str(error).splitlines()[0] if str(error) else ""
        raise ConfigurationError(
            f"{name}: no such file, and as a data set on Hugging Face: {type(error).__name__}: {reason}"
        ) from error
