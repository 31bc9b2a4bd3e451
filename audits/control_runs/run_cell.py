"""Runs one cell through Inspect's own eval, and reads what its log says."""

import contextlib
import os
from typing import Any, Literal

from unmask.audits.control_runs.control_cells import Cell
from unmask.protocol.files import DATA, Record, sha256

__all__ = ["CellOutcome", "Found", "cell_outcome", "is_current", "run_cell", "silence"]

Found = Literal["present", "inconclusive", "absent", "nothing scored", "failed"]
"""A verdict; or that nothing could be scored, or that the run broke off."""

_VERDICTS: dict[float, Found] = {1.0: "present", 0.0: "inconclusive", -1.0: "absent"}


class CellOutcome(Record):
    """What one run came to."""

    found: Found
    frames: str
    version: str
    """Of the suite."""

    unscored: float | None = None
    """Share of the samples that could not be scored."""

    log: str = ""
    why: str = ""
    """Why it failed."""


def silence() -> None:
    """Send what a worker process prints to nowhere: Inspect's banner, and the findings of the runs."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    os.dup2(sink, 2)


def run_cell(cell: Cell, folder: str) -> CellOutcome:
    """Run a cell; of the task's scorers only the one whose verdict counts is asked, and the count of what it lost.

    Args:
        cell: What to run.
        folder: Where the log goes.

    Returns:
        What it came to; a run that cannot be made is an outcome too, so that the others go on.
    """
    from inspect_ai import eval as inspect_eval
    from inspect_ai import task_with
    from inspect_ai.model import get_model

    from unmask import scorers, tasks
    from unmask.scorers import unscored as counted

    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        try:
            task = getattr(tasks, cell.task)(**cell.arguments, seed=cell.seed)
            [log] = inspect_eval(
                task_with(task, scorer=[getattr(scorers, cell.scorer)(), counted(cell.scorer)]),
                model=get_model(f"organism/{cell.organism}", strength=cell.strength, seed=cell.seed, memoize=False),
                model_roles={"grader": cell.grader},
                metadata={"control_run": cell.model_dump(mode="json")},
                log_dir=folder,
                log_realtime=False,
                display="none",
                score_display=False,
            )
        except Exception as error:  # whatever keeps one cell from running leaves the others their turn
            return CellOutcome(found="failed", frames="", version="", why=f"{type(error).__name__}: {error}")
    return cell_outcome(log, cell)


def cell_outcome(log: Any, cell: Cell) -> CellOutcome:
    """Read what the log of a cell says.

    Args:
        log: With samples or the header alone.
        cell: What was run.
    """
    declared = log.eval.metadata or {}
    about = {"frames": str(declared.get("frames", "")), "version": str(declared.get("suite_version", ""))}
    if log.status != "success" or log.results is None:
        why = log.error.message if log.error else f"status {log.status}"
        return CellOutcome(found="failed", log=log.location, why=why, **about)
    own = next((one for one in log.results.scores if one.name == cell.scorer), None)
    lost = next((one.metrics["share"].value for one in log.results.scores if "share" in one.metrics), None)
    if own is not None and not own.scored_samples:
        return CellOutcome(found="nothing scored", unscored=lost, log=log.location, **about)
    verdict = own.metrics.get("verdict") if own else None
    found = _VERDICTS[verdict.value] if verdict else _from_figures(log, cell.scorer)
    return CellOutcome(found=found, unscored=lost, log=log.location, **about)


def _from_figures(log: Any, scorer: str) -> Found:
    """The verdict of a scorer that prints none, or no figure at all."""
    from unmask.audits.findings import log_figures

    figures = log_figures(log).get(scorer, {})
    return next((name for name in _VERDICTS.values() if figures.get(name) == 1), "nothing scored")


def is_current(log: Any) -> bool:
    """Whether a log is whole, and of the suite's present version and data.

    Args:
        log: Its header.
    """
    from importlib.metadata import version

    declared = log.eval.metadata or {}
    if log.status != "success" or declared.get("suite_version") != version("unmask"):
        return False
    files: dict[str, str] = declared.get("files") or {}
    return all((path := DATA.parent / name).exists() and sha256(path) == digest for name, digest in files.items())
