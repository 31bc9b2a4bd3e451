"""Rows of a source, one at a time: JSON Lines, CSV, TSV, Parquet, and samples of Inspect logs."""

import csv
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_ai.log import EvalLog, EvalSample, list_eval_logs, read_eval_log, read_eval_log_samples
from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser, ContentReasoning

from unmask.protocol.errors import ConfigurationError

__all__ = ["Row", "digest", "rows_of"]


@dataclass(frozen=True)
class Row:
    """One row of a source, before it is mapped."""

    file: str
    line: int
    """Line of a text file, row of a table, or sample of a log, from 1."""

    fields: dict[str, Any]
    fault: str | None = None
    """Why it could not be read at all."""

    sample: EvalSample | None = None
    """The sample, where the source is a log."""


def rows_of(path: Path, *, log: bool = False) -> Iterator[Row]:
    """Read the rows of a file, or the samples of a log or a folder of logs.

    Args:
        path: The source.
        log: Whether it is read as Inspect logs.

    Raises:
        ConfigurationError: If there is no such file, it is of no known kind, or it cannot be read at all.
    """
    if not path.exists():
        raise ConfigurationError(f"{path}: no such file")
    if log:
        return _samples(path)
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise ConfigurationError(f"{path}: reads {', '.join(_READERS)}; for Inspect logs the map says `kind: log`")
    return read(path)


def digest(path: Path) -> str:
    """SHA-256 of a source; of a folder, that of its logs' digests in the order of their names.

    Args:
        path: A file, or a folder of logs.
    """
    if path.is_dir():
        parts = [digest(Path(name)) for name in _log_names(path)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _json_lines(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except ValueError as error:  # broken JSON, or bytes that are not UTF-8
                yield Row(path.name, number, {"line": line.decode(errors="replace")}, fault=f"is not JSON: {error}")
                continue
            if not isinstance(found, dict):
                yield Row(path.name, number, {"line": found}, fault="is no JSON object")
            elif set(found) != {"canary"}:
                yield Row(path.name, number, found)


def _table(path: Path, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(sys.maxsize)  # a transcript may be long
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, delimiter=delimiter, restkey="", strict=True)
        end = 1
        try:
            for row in reader:
                start, end = end + 1, reader.line_num
                more = row.pop("", None) if isinstance(row.get(""), list) else None
                fault = f"has {len(more)} fields too many" if more else None
                yield Row(path.name, start, dict(row), fault=fault)
        except (csv.Error, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path}: line {reader.line_num}: {error}") from error


def _csv(path: Path) -> Iterator[Row]:
    return _table(path, ",")


def _tsv(path: Path) -> Iterator[Row]:
    return _table(path, "\t")


def _parquet(path: Path) -> Iterator[Row]:
    import pyarrow.parquet as parquet  # type: ignore[import-untyped]  # slow to load

    number = 0
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=1000):
                for found in batch.to_pylist():
                    number += 1
                    yield Row(path.name, number, found)
    except (OSError, ValueError) as error:  # pyarrow's own errors are of these kinds
        raise ConfigurationError(f"{path}: row {number + 1}: {str(error).splitlines()[0]}") from error


_READERS: dict[str, Callable[[Path], Iterator[Row]]] = {
    ".jsonl": _json_lines,
    ".csv": _csv,
    ".tsv": _tsv,
    ".parquet": _parquet,
}


def _log_names(path: Path) -> list[str]:
    if path.is_file():
        return [str(path)]
    found = [info.name.removeprefix("file://") for info in list_eval_logs(str(path), formats=["eval", "json"])]
    if not found:
        raise ConfigurationError(f"{path}: no logs here")
    return sorted(found)


def _samples(path: Path) -> Iterator[Row]:
    for name in _log_names(path):
        try:
            header = read_eval_log(name, header_only=True)
            samples = read_eval_log_samples(name, all_samples_required=False, resolve_attachments=True)
            for number, sample in enumerate(samples, 1):
                fault = f"ended in an error: {sample.error.message}" if sample.error else None
                yield Row(Path(name).name, number, _fields(header, sample), fault=fault, sample=sample)
        except ConfigurationError:
            raise
        except Exception as error:  # whatever a broken file makes of a reader
            told = str(error).splitlines()[0] if str(error) else ""
            raise ConfigurationError(f"{name}: cannot be read ({type(error).__name__}: {told})") from error


def _fields(header: EvalLog, sample: EvalSample) -> dict[str, Any]:
    """A sample's fields under the names that a map uses."""
    scores = {f"scores.{name}": score.value for name, score in (sample.scores or {}).items()}
    for name, score in (sample.scores or {}).items():
        if isinstance(score.value, dict):
            scores |= {f"scores.{name}.{key}": value for key, value in score.value.items()}
    users = [message.text for message in sample.messages if isinstance(message, ChatMessageUser)]
    return {
        "id": sample.id,
        "epoch": sample.epoch,
        "input": sample.input if isinstance(sample.input, str) else "\n\n".join(one.text for one in sample.input),
        "prompt": "\n\n".join(users),
        "system": "\n\n".join(one.text for one in sample.messages if isinstance(one, ChatMessageSystem)),
        "target": sample.target if isinstance(sample.target, str) else ", ".join(sample.target),
        "choices": sample.choices,
        "output": sample.output.completion if sample.output.choices else None,
        "reasoning": _reasoning(sample),
        "stop_reason": sample.output.stop_reason if sample.output.choices else None,
        "model": header.eval.model,
        "created": header.eval.created,
        "task": header.eval.task,
        **_flat("metadata", sample.metadata),
        **scores,
    }


def _flat(name: str, found: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in found.items():
        flat |= _flat(f"{name}.{key}", value) if isinstance(value, dict) else {f"{name}.{key}": value}
    return flat


def _reasoning(sample: EvalSample) -> str:
    turns = [one for one in sample.messages if isinstance(one, ChatMessageAssistant)]
    blocks = [c for turn in turns if not isinstance(turn.content, str) for c in turn.content]
    return "\n".join(block.reasoning for block in blocks if isinstance(block, ContentReasoning))
