"""Writes exports, one log after the other, with a line for each that cannot be exported and the rest written."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inspect_ai.log import EvalLog

from unmask.audits.exports.every_eval_ever import every_eval_ever, record_path
from unmask.audits.exports.export_answers import ExportAnswers
from unmask.audits.exports.factsheet import factsheet
from unmask.audits.findings.finding import Finding
from unmask.audits.findings.finding_of_log import finding_of
from unmask.protocol.errors import ConfigurationError

__all__ = ["write_every_eval_ever", "write_factsheet"]


def write_every_eval_ever(
    logs: Iterable[EvalLog], folder: Path, answers: ExportAnswers | None = None
) -> tuple[list[Path], list[str]]:
    """Write a record for every log.

    Args:
        logs: Headers or whole logs.
        folder: The register's root; `data/...` is made below it.
        answers: What the logs do not say.

    Returns:
        The files, and a line for each log without one: it has no finding, or another log of the same run is there.
    """
    written: dict[str, Path] = {}
    complaints: list[str] = []
    for log in logs:
        if log.eval.eval_id in written:
            complaints.append(f"{log.location}: another copy of run {log.eval.eval_id} is exported already")
            continue
        try:
            record = every_eval_ever(log, answers)
        except ConfigurationError as error:
            complaints.append(str(error))
            continue
        path = folder / record_path(log, record)
        _write(path, record)
        written[log.eval.eval_id] = path
    return list(written.values()), complaints


def write_factsheet(
    logs: Iterable[EvalLog], path: Path, answers: ExportAnswers | None = None
) -> tuple[list[str], list[str]]:
    """Write one factsheet of several logs.

    Args:
        logs: Headers or whole logs.
        path: The file; not written where no log has a finding.
        answers: What the logs do not say.

    Returns:
        Names of the fields that nobody filled, and a line for each log without a finding.

    Raises:
        ConfigurationError: If an answer is for a field that there is not, or no log has a finding.
    """
    found: list[tuple[EvalLog, Finding]] = []
    complaints: list[str] = []
    for log in logs:
        try:
            found.append((log, finding_of(log)))
        except ConfigurationError as error:
            complaints.append(str(error))
    if not found:
        raise ConfigurationError("\n".join([*complaints, "no log to export"]))
    sheet = factsheet(found, answers)
    _write(path, sheet)
    blank: list[str] = sheet["blank"]
    return blank, complaints


def _write(path: Path, told: Any) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written ({error.strerror})") from error
