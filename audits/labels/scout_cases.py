"""Validation sets of Inspect Scout: ids of transcripts with what a scanner should find; the transcripts lie in logs."""

import json
from collections.abc import Mapping, Sequence

from unmask.audits.labels.judged_samples import parts_by_id
from unmask.audits.labels.rows import Row
from unmask.protocol.errors import ConfigurationError
from unmask.scorers.judge.rubric import Rubric

__all__ = ["is_validation", "label_column", "transcripts_of"]

_KINDS = ("target_", "label_")


def label_column(rows: Sequence[Row], wanted: str | None, rubric: str, where: str) -> str:
    """The column of the label.

    Args:
        rows: The rows; nested `labels` of Scout's are spread to columns `label_<name>`.
        wanted: As the user named it, with or without `target_` or `label_` before it.
        rubric: Name of the rubric, which chooses among several.
        where: The file, for messages.

    Raises:
        ConfigurationError: If there is none, or several and no choice.
    """
    for row in rows:
        if isinstance(row.get("labels"), dict):
            row.update({f"label_{name}": value for name, value in row.pop("labels").items()})
        if isinstance(row.get("target"), dict):
            row.update({f"target_{name}": value for name, value in row.pop("target").items()})
    columns = dict.fromkeys(name for row in rows for name in row)
    if wanted:
        tried = [wanted, *(f"{kind}{wanted}" for kind in _KINDS)]
        found = next((name for name in tried if name in columns), None)
        if found is None:
            raise ConfigurationError(f"{where}: has no column {wanted!r}; there are {', '.join(columns)}")
        return found
    many = [name for name in columns if name.startswith(_KINDS)]
    plain = [name for name in ("label", "target", *(f"{kind}{rubric}" for kind in _KINDS)) if name in columns]
    chosen = plain[:1] or (many if len(many) == 1 else [])
    if not chosen:
        told = f"one of {', '.join(many)}: choose with --target" if many else "a column 'label' or 'target'"
        raise ConfigurationError(f"{where}: needs {told}; there are {', '.join(columns)}")
    return chosen[0]


def is_validation(rows: Sequence[Row], columns: Mapping[str, str]) -> bool:
    """Whether rows are ids alone, with no text of a transcript.

    Args:
        rows: The rows.
        columns: Part of the exchange -> column.
    """
    return not any("parts" in row or set(row) & set(columns.values()) for row in rows)


def transcripts_of(rows: Sequence[Row], column: str, logs: Sequence[str], rubric: Rubric, where: str) -> list[Row]:
    """Find the transcripts of a validation set.

    Args:
        rows: Rows with the id of a transcript, which in Inspect's logs is the sample's `uuid`.
        column: The column of the label.
        logs: Where the logs lie.
        rubric: What the judge is asked.
        where: The file, for messages.

    Raises:
        ConfigurationError: If no logs are given, or a transcript is in none of them.
    """
    if not logs:
        raise ConfigurationError(f"{where}: holds ids and labels; say where the transcripts are with --logs PATH")
    labels = {_one_id(row, number, where): row for number, row in enumerate(rows, 1)}
    found = parts_by_id(logs, set(labels), rubric)
    lost = [name for name in labels if name not in found]
    if lost:
        raise ConfigurationError(
            f"{where}: row {lost[0]!r}: no sample of this id in the logs ({len(lost)} of {len(labels)} are missing)"
        )
    return [{"id": name, column: row.get(column), **found[name]} for name, row in labels.items()]


def _one_id(row: Row, number: int, where: str) -> str:
    """The id of a case's transcript; a case may name several transcripts or messages, which a rubric cannot read."""
    if "id" not in row:
        raise ConfigurationError(f"{where}: row {number}: has no id")
    found = row["id"]
    if isinstance(found, str) and found.strip().startswith("["):
        try:
            found = json.loads(found)
        except ValueError:
            found = [found]
    names = found if isinstance(found, list) else str(found).split(",")
    if len(names) != 1:
        raise ConfigurationError(f"{where}: row {number}: key 'id': names {len(names)} transcripts; a label is for one")
    return str(names[0]).strip()
