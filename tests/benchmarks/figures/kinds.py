"""What can be measured, each as figures with their spread and the bar that they are held against."""

import math
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from inspect_ai import eval as inspect_eval
from inspect_ai.event import ModelEvent
from inspect_ai.model import get_model

ROOT = Path(__file__).parents[3]
for folder in (ROOT, ROOT / "tests" / "benchmarks"):
    sys.path.insert(0, str(folder))

import sequential  # noqa: E402

from tests.benchmarks.overhead.memory import peaks  # noqa: E402
from tests.benchmarks.overhead.overhead import TASKS, measured_imports, measured_runs  # noqa: E402
from tests.faults.fault_runs import RUNS, SHARED, compared  # noqa: E402
from tests.faults.killed_runs import killed_run  # noqa: E402
from tests.faults.shared_folder import shared_folder  # noqa: E402
from tests.scorers.judge.asked_alone import joint_and_alone, scores_of  # noqa: E402
from unmask import tasks  # noqa: E402
from unmask.analysis.intervals import rate  # noqa: E402
from unmask.audits.control_runs import control_book, control_cells  # noqa: E402

__all__ = ["KINDS", "Figure"]


@dataclass(frozen=True)
class Figure:
    """One figure."""

    name: str
    value: float
    least: float
    """Of the spread: the smallest of several runs, or the lower end of an exact 95% interval of a share."""

    most: float
    bar: float
    rises: bool = False
    """Whether the figure has to reach the bar; else it must not pass it."""

    n: int = 1
    """Runs, or what a share is of."""

    @property
    def met(self) -> bool:
        """Whether the bar is kept."""
        return self.value >= self.bar if self.rises else self.value <= self.bar


def _share(name: str, count: int, of: int, bar: float, *, rises: bool = False) -> Figure:
    low, high = rate(count, of)
    return Figure(name, count / of if of else math.nan, low, high, bar, rises, of)


SIMULATED = {0.0: 0.55, 2 * sequential.DELTA: 0.40, 0.5: 0.15}
"""True effect -> share of the fixed design's pairs that may be used, on average."""

RUN = {0.0: 0.70, 2 * sequential.DELTA: 0.50, 0.5: 0.22}
"""True effect -> share of the fixed design's pairs that may be run, ten samples at a time."""


def stops(size: int) -> Iterable[Figure]:
    """The stopping rule on simulated schedules, so many runs a cell: pairs used, and both errors."""
    fixed = sequential.fixed_pairs()
    for concurrency in (1, 10, 40):
        for truth, bar in SIMULATED.items():
            used = [
                one.used / fixed for one in sequential.simulated(sequential.Cell(truth, concurrency), size, concurrency)
            ]
            low, high = np.percentile(used, [5, 95])
            name = f"pairs used, effect {truth:g}, {concurrency} at a time (5% and 95% of runs)"
            yield Figure(name, float(np.mean(used)), float(low), float(high), bar, n=size)
        errors = (
            ("present", sequential.Cell(0.0, concurrency, base=0.3)),
            ("absent", sequential.Cell(sequential.DELTA, concurrency, quicker=False)),
        )
        for verdict, cell in errors:
            wrong = sum(one.verdict == verdict for one in sequential.simulated(cell, size, concurrency))
            yield _share(f"false {verdict}, {concurrency} at a time", wrong, size, 0.05)


def real_stops(size: int) -> Iterable[Figure]:
    """The same through Inspect: pairs run, so many runs a cell."""
    fixed = sequential.fixed_pairs()
    for truth, bar in RUN.items():
        run = [sequential.real_run(truth, seed)["pairs_run"] / fixed for seed in range(size)]
        yield Figure(f"pairs run by Inspect, effect {truth:g}", float(np.mean(run)), min(run), max(run), bar, n=size)


def calls(size: int) -> Iterable[Figure]:
    """The most grader calls that any sample of a small run takes."""
    for task, run in RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            model = get_model(f"organism/{run.organism}", memoize=False)
            quiet: dict[str, Any] = {"log_dir": folder, "display": "none", "log_realtime": False}
            [log] = inspect_eval(run.task, model=model, task_args=run.arguments, **quiet)
            asked = [
                sum(isinstance(event, ModelEvent) and event.model == "organism/grader" for event in sample.events)
                for sample in log.samples or []  # read from the folder now
            ]
        yield Figure(f"grader calls a sample, {task}", max(asked), min(asked), max(asked), 1, n=len(asked))


def overhead(size: int) -> Iterable[Figure]:
    """Processor time beside a bare task of the same shape, and the first command; so many runs."""
    for one in measured_runs(size, list(TASKS)):
        yield Figure(one.name, one.value, one.least, one.most, one.bar, n=size)


def imports(size: int) -> Iterable[Figure]:
    """What importing the tasks adds, so many times."""
    for one in measured_imports(size, list(TASKS)):
        yield Figure(one.name, one.value, one.least, one.most, one.bar, n=size)


def memory(size: int) -> Iterable[Figure]:
    """Peak memory beside a bare task of the same shape, so many epochs of 2304 samples."""
    with tempfile.TemporaryDirectory() as folder:
        for one in peaks([size], Path(folder)):
            yield Figure(one.name, one.value, one.least, one.most, one.bar)


def faults(size: int) -> Iterable[Figure]:
    """Runs at 30% of faults, so many seeds a task, in which every sample is accounted for and scored as without."""
    with tempfile.TemporaryDirectory() as folder:
        for task, run in RUNS.items():
            free, _ = run.log(Path(folder), 0.0, 0)
            found = [compared(free, run.log(Path(folder), 0.3, seed)[0]) for seed in range(size)]
            good = sum(not (one.unaccounted or one.different) for one in found)
            yield _share(f"runs with 30% of faults that lose and change nothing, {task}", good, size, 1, rises=True)


def kills(size: int) -> Iterable[Figure]:
    """Runs that were killed and continued, and came to what an unbroken one does."""
    good = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(size):
            row = killed_run(Path(folder) / str(seed), seed, ("eval-retry", "eval-set")[seed % 2])
            good += not (row["lost"] or row["twice"] or row["different"]) and row["verdict"] == "same"
    yield _share("runs killed and continued that lose and change nothing", good, size, 1, rises=True)


def shards(size: int) -> Iterable[Figure]:
    """Audits in so many processes on one folder whose `results.json` is that of one process."""
    with tempfile.TemporaryDirectory() as folder:
        for task, run in SHARED.items():
            row = shared_folder(Path(folder) / task, run, task, size)
            good = (row["results"] == "equal") + (row["again"] == "equal")
            yield _share(f"{size} processes on one folder report what one does, {task}", good, 2, 1, rises=True)


def alone(size: int) -> Iterable[Figure]:
    """Samples of every organism in every task, so many items a run, that are scored as with each question by itself."""
    for task in control_book().tasks:
        same, of = 0, 0
        for cell in control_cells(threats=[task], limit=size):
            make = partial(getattr(tasks, cell.task), **cell.arguments, seed=cell.seed)
            model = partial(get_model, f"organism/{cell.organism}", strength=cell.strength, memoize=False)
            with tempfile.TemporaryDirectory() as folder:
                joint, by_itself = map(scores_of, joint_and_alone(make, model, Path(folder)))
            same += sum(by_itself[name] == found for name, found in joint.items())
            of += len(joint)
        yield _share(f"samples scored as with every question by itself, {task}", same, of, 1, rises=True)


KINDS: dict[str, tuple[Callable[[int], Iterable[Figure]], int]] = {
    "stops": (stops, 2000),
    "real-stops": (real_stops, 20),
    "calls": (calls, 1),
    "alone": (alone, 4),
    "overhead": (overhead, 5),
    "imports": (imports, 9),
    "memory": (memory, 44),
    "faults": (faults, 20),
    "kills": (kills, 20),
    "shards": (shards, 4),
}
"""Kind -> what measures it, and its size where none is given: runs, seeds, items, epochs or processes."""
