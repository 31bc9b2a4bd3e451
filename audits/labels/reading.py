"""Labelled transcripts: rows whose columns are parts of an exchange, and a label that is a yes or a no."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Literal, get_args

from unmask.audits.labels.labelled_sets import LabelledSet, known_sets
from unmask.audits.labels.rows import Row, read_rows
from unmask.audits.labels.scout_cases import is_validation, label_column, transcripts_of
from unmask.protocol.errors import ConfigurationError, one_of
from unmask.scorers.judge.rubric import Rubric
from unmask.scorers.judge.rubric import rubric as read_rubric

__all__ = ["Half", "Labelled", "LabelledTranscripts", "Reading", "half_of", "read_labels", "yes_labels"]

Half = Literal["all", "development", "held_out"]

_TRUE, _FALSE = {"true", "1", "1.0", "yes"}, {"false", "0", "0.0", "no"}


@dataclass(frozen=True)
class Labelled:
    """One transcript with its label."""

    id: str
    parts: dict[str, str]
    """The exchange, by the names of its parts."""

    label: bool
    arm: str = ""
    """Arm of the design, where the file has one."""


@dataclass(frozen=True)
class LabelledTranscripts:
    """The labelled transcripts of a file, for one rubric."""

    name: str
    rubric: str
    rows: tuple[Labelled, ...]
    left_out: Mapping[str, int]
    """Rows whose label is neither a yes nor a no, by label."""

    keyword: str = ""
    """A word whose count is a baseline."""

    half: Half = "all"


@dataclass(frozen=True)
class Reading:
    """How a file of one's own is to be read; a set that is known by name needs none of it."""

    rubric: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    """Part of the exchange -> column; by default columns are called as the parts that the rubric shows."""

    target: str | None = None
    """The column of the label: `label`, `target`, or the only one of the kind `target_...` where none is given."""

    positive: Sequence[str] = ()
    """Values of the label that stand for a yes; by default true, 1, yes and the rubric's labels whose value is 1."""

    negative: Sequence[str] = ()
    """Values of the label that stand for a no; by default what is no yes and known to the rubric, or false, 0, no."""

    logs: Sequence[str] = ()
    """Logs that hold the transcripts, where the file has only their ids, as Scout's validation sets do."""

    split: str | None = None
    keyword: str = ""


def read_labels(
    labels: str, how: Reading | None = None, half: Half = "all", file: str | None = None
) -> LabelledTranscripts:
    """Read labelled transcripts.

    Args:
        labels: Name of a set in `labelled_sets.yaml`; a file; or the name of a data set on Hugging Face.
        how: How the file is to be read.
        half: `all`, `development` or `held_out`, by a digest of each row's id.
        file: The file of a set that is known by name and not bundled, or another in its place.

    Raises:
        ConfigurationError: Naming the file, the row and the column at fault.
    """
    one_of("half", half, list(get_args(Half)))
    how = how or Reading()
    known = known_sets().get(labels)
    where = labels if known is None else _file_of(labels, known, file)
    name = how.rubric or (known.rubric if known else None)
    if name is None:
        raise ConfigurationError(f"{labels}: say which rubric it is for with --rubric NAME")
    reader = _Reader(where, how, known, read_rubric(name))
    rows, left_out = reader.read()
    kept = tuple(row for row in rows if half in ("all", half_of(row.id)))
    if not kept:
        told = ", ".join(f"{label!r} ({count})" for label, count in left_out.items())
        raise ConfigurationError(
            f"{where}: no row has a label that is known as a yes or a no; there are {told or 'none'}"
        )
    keyword = how.keyword or (known.keyword if known else "")
    return LabelledTranscripts(labels, name, kept, dict(left_out), keyword, half)


def half_of(name: str) -> Half:
    """The half that a row belongs to.

    Args:
        name: The row's id.
    """
    return "held_out" if int(sha256(f"half/{name}".encode()).hexdigest(), 16) % 2 else "development"


def yes_labels(rubric: Rubric) -> list[str]:
    """The labels of a rubric that stand for a yes: those whose value reaches its threshold.

    Raises:
        ConfigurationError: If its labels have no values.
    """
    if not rubric.valued:
        raise ConfigurationError(
            f"rubric {rubric.id!r}: its labels are neither a yes nor a no, so that it has no sensitivity"
        )
    return [rule.label for rule in rubric.labels if (rule.value or 0.0) >= rubric.threshold]


def _file_of(name: str, known: LabelledSet, file: str | None) -> str:
    if file:
        return file
    if known.path is None:
        raise ConfigurationError(f"labels={name!r}: is not bundled; give its file ({known.about})")
    if not known.path.exists():
        raise ConfigurationError(
            f"labels={name!r}: {known.file} lies in a clone of the repository alone; give the file"
        )
    return str(known.path)


@dataclass
class _Reader:
    """Reads one file."""

    where: str
    how: Reading
    known: LabelledSet | None
    rubric: Rubric

    def read(self) -> tuple[list[Labelled], Counter[str]]:
        rows = read_rows(self.where, self.how.split)
        column = label_column(rows, self.how.target, self.rubric.id, self.where)
        if is_validation(rows, self._columns()):
            rows = transcripts_of(rows, column, self.how.logs, self.rubric, self.where)
        found, left_out = [], Counter[str]()
        seen: set[str] = set()
        for name, row in self._named(rows, seen):
            label = self._label(name, row, column)
            if label is None:
                left_out["none" if row[column] is None else str(row[column])] += 1
            else:
                found.append(Labelled(name, self._parts(name, row), label, str(row.get("arm") or "")))
        return found, left_out

    def _named(self, rows: Sequence[Row], seen: set[str]) -> Iterator[tuple[str, Row]]:
        for number, row in enumerate(rows):
            name = str(row.get("id", number))
            if name in seen:
                raise ConfigurationError(f"{self.where}: row {name!r}: there are two of this id")
            seen.add(name)
            yield name, row

    def _columns(self) -> dict[str, str]:
        given = self.how.columns or (self.known.parts if self.known else {})
        return dict(given) or {part: part for part in (*self.rubric.shows, "prompt")}

    def _parts(self, name: str, row: Row) -> dict[str, str]:
        named = bool(self.how.columns or self.known)
        source: Mapping[str, Any] = row["parts"] if isinstance(row.get("parts"), dict) and not named else row
        missing = sorted(set(self._columns().values()) - set(source)) if named else []
        parts = {part: str(source.get(column) or "") for part, column in self._columns().items()}
        own = [part for part in self.rubric.own_parts if parts.get(part)]
        if missing or not own:
            lacking = (
                ", ".join(missing) or f"{' or '.join(self.rubric.own_parts)} (or name one with --column PART=COLUMN)"
            )
            raise ConfigurationError(f"{self.where}: row {name!r}: has no column {lacking}")
        return parts if named else {part: text for part, text in parts.items() if text}

    def _label(self, name: str, row: Row, column: str) -> bool | None:
        if column not in row:
            raise ConfigurationError(f"{self.where}: row {name!r}: has no {column}")
        if row[column] is None:
            return None
        value = str(row[column])
        positive = self.how.positive or (self.known.positive if self.known else ())
        negative = self.how.negative or (self.known.negative if self.known else ())
        if positive or negative:
            return True if value in positive else False if value in negative or not negative else None
        own = {rule.label for rule in self.rubric.labels} if self.rubric.valued else set()
        if value in own:
            return value in yes_labels(self.rubric)
        return True if value.lower() in _TRUE else False if value.lower() in _FALSE else None
