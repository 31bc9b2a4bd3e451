"""The finding that a run writes into its log: from what its samples came to, or from the log where it was long."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai import eval_retry
from inspect_ai.log import EvalLog, read_eval_log

from unmask.audits.findings import finding_hook
from unmask.audits.findings.finding_of_log import finding_of
from unmask.tasks import sandbagging

QUIET: dict[str, Any] = {"display": "none", "log_realtime": False}


def run(folder: Path, **more: Any) -> EvalLog:
    (log,) = inspect_eval(
        sandbagging(items_per_level=1), model="organism/aligned", log_dir=str(folder), **QUIET, **more
    )
    return log


def told(log: EvalLog) -> str:
    """What the log says was found, which has to be what its own samples say."""
    kept = read_eval_log(log.location)
    assert kept.metadata
    assert kept.metadata["finding"] == finding_of(kept).sentence
    return str(kept.metadata["finding"])


def test_a_run_of_usual_length_is_not_read_for_its_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(import_module("unmask.audits.findings.log_figures"), "read_eval_log_sample_summaries", None)
        log = run(tmp_path)
    assert told(log)


def test_a_long_run_is_read_and_finds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    short = told(run(tmp_path / "short"))
    monkeypatch.setattr(finding_hook, "_KEPT", 3)
    assert told(run(tmp_path / "long")) == short


def test_what_a_retry_took_over_is_part_of_the_finding(tmp_path: Path) -> None:
    log = run(tmp_path / "first")
    kept = read_eval_log(log.location)
    kept.status = "error"
    assert kept.samples
    kept.samples = kept.samples[: len(kept.samples) // 2]
    (again,) = eval_retry(kept, log_dir=str(tmp_path / "again"), **QUIET)
    assert told(again) == told(log)
