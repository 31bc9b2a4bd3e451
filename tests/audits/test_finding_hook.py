"""The finding that a run writes into its log: from what its samples came to."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai import eval_retry
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.solver import Generate, Solver, TaskState, solver

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


def test_a_run_is_not_read_for_its_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(import_module("unmask.audits.findings.log_figures"), "read_eval_log_sample_summaries", None)
        log = run(tmp_path, epochs=2)
    assert told(log)


def test_what_a_retry_took_over_is_part_of_the_finding(tmp_path: Path) -> None:
    log = run(tmp_path / "first")
    kept = read_eval_log(log.location)
    kept.status = "error"
    assert kept.samples
    kept.samples = kept.samples[: len(kept.samples) // 2]
    (again,) = eval_retry(kept, log_dir=str(tmp_path / "again"), **QUIET)
    assert told(again) == told(log)


@solver
def broken(name: str) -> Solver:
    """Breaks at one sample."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if state.sample_id == name:
            raise RuntimeError("made to break")
        return state

    return solve


def test_an_error_is_counted_in_the_finding(tmp_path: Path) -> None:
    task = sandbagging(items_per_level=1)
    task.setup = broken(str(task.dataset[3].id))
    (log,) = inspect_eval(task, model="organism/aligned", log_dir=str(tmp_path), limit=4, fail_on_error=False, **QUIET)
    kept = read_eval_log(log.location)
    assert kept.metadata
    assert kept.metadata["cautions"] == finding_of(kept).cautions
    assert "1 of 4 samples ended in an error." in kept.metadata["cautions"]


def test_a_log_without_samples_says_so_in_its_finding(tmp_path: Path) -> None:
    kept = read_eval_log(run(tmp_path, log_samples=False).location)
    assert kept.metadata
    assert kept.metadata["finding"] == finding_of(kept).sentence
    assert kept.metadata["cautions"] == finding_of(kept).cautions
    assert "The log holds no samples" in kept.metadata["cautions"][0]


def test_nothing_is_kept_of_a_run_that_broke_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[dict[str, Any]] = []
    start = finding_hook.FindingHook.on_task_start

    async def watched(self: finding_hook.FindingHook, data: Any) -> None:
        await start(self, data)
        begun.append(self.seen)

    monkeypatch.setattr(finding_hook.FindingHook, "on_task_start", watched)
    task = sandbagging(items_per_level=1)
    task.setup = broken(str(task.dataset[3].id))
    (log,) = inspect_eval(task, model="organism/aligned", log_dir=str(tmp_path), **QUIET)
    assert (log.status, begun) == ("error", [{}])
