"""What the suite costs beyond Inspect itself, in whole processes beside bare ones.

    python tests/benchmarks/overhead/overhead.py [--runs 5] [--task alignment_faking ...]

Prints, for alignment faking, sandbagging and backdoors, the ratio of a run's time of the processor to that of a bare
task with the same messages to the same models and as many trivial scorers (bar: 1.08); what importing the tasks adds to
importing inspect_ai (bar: 0.2 s); and how long the first command of the README takes beside a bare task of its shape
(bar: 1.5). Each figure is a median, with the smallest and the largest. Time of the processor is measured in both at
once, each on a core of its own, and with cores changed every time: what else the machine has to do slows both. Time in
all is measured in turn. Exit code 1 above a bar.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from inspect_ai.log import list_eval_logs

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.overhead.recorded import record  # noqa: E402

INSPECT = str(Path(sys.executable).parent / "inspect")
BARE = "tests/benchmarks/overhead/bare.py"
TASKS = {
    "alignment_faking": ["-T", "crossed=true", "-T", "limit_items=45"],
    "sandbagging": ["-T", "items_per_level=28"],
    "backdoors": ["-T", "pairs=280"],
}
"""Arguments with which a task has a thousand samples or more."""

LEAST = 1000


@dataclass(frozen=True)
class Ratio:
    """A figure, measured together with what it is compared with."""

    name: str
    ours: float
    """Median, in seconds or, of memory, in megabytes."""

    theirs: float
    value: float
    """The figure itself: the median of ratios, or of differences."""

    least: float
    most: float
    bar: float

    def __str__(self) -> str:
        """One line."""
        told = f"{self.value:.3f} ({self.least:.3f} to {self.most:.3f}; bar {self.bar})"
        return f"{self.name}: {told}; {self.ours:.2f} against {self.theirs:.2f}"


class Cost(NamedTuple):
    """What a whole process took."""

    used: float
    """Seconds of the processor."""

    wall: float
    """Seconds in all."""

    peak: float
    """Megabytes, at most."""


def cost(command: Sequence[str], variables: Mapping[str, str] = {}, core: int | None = None) -> Cost:
    """Run a command to its end, and say what it took.

    Args:
        command: What to run, from the root of the repository.
        variables: Of its environment.
        core: The one that it is to run on.

    Raises:
        RuntimeError: If it ends badly.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env=os.environ | dict(variables))
    if core is not None:
        os.sched_setaffinity(process.pid, {core})
    _, status, took = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return Cost(took.ru_utime + took.ru_stime, time.perf_counter() - start, took.ru_maxrss / 1024)


def in_turn(name: str, runs: int, ours: Any, theirs: Any, bar: float) -> Ratio:
    """Run two commands in turn, and compare the time that they take in all.

    Both have been run before, or share all that they import with what was, so that no run pays for being the first.

    Args:
        name: Of the figure.
        runs: How often.
        ours: Arguments of `cost`.
        theirs: Likewise.
        bar: What the figure may come to.
    """
    return _ratio(name, [(cost(*ours).wall, cost(*theirs).wall) for _ in range(runs)], bar, differ=False)


def at_once(name: str, runs: int, ours: Any, theirs: Any, bar: float, *, differ: bool = False) -> Ratio:
    """Run two commands at once, each on a core of its own, and compare their time of the processor.

    Args:
        name: Of the figure.
        runs: How often; cores are changed every time.
        ours: Arguments of `cost`.
        theirs: Likewise.
        bar: What the figure may come to.
        differ: Whether it is a difference, and not a ratio.
    """
    times = []
    with ThreadPoolExecutor(2) as pool:
        for run in range(runs):
            cores = sorted(os.sched_getaffinity(0))
            here, there = (cores[0], cores[-1])[:: -1 if run % 2 else 1]
            both = pool.submit(cost, *ours, core=here), pool.submit(cost, *theirs, core=there)
            times.append((both[0].result().used, both[1].result().used))
    return _ratio(name, times, bar, differ=differ)


def _ratio(name: str, times: list[tuple[float, float]], bar: float, *, differ: bool) -> Ratio:
    found = [a - b if differ else a / b for a, b in times]
    a, b = (median(column) for column in zip(*times, strict=True))
    return Ratio(name, a, b, median(found), min(found), max(found), bar)


def against_bare(task: str, arguments: list[str], model: str, folder: Path) -> tuple[int, Any, Any]:
    """A task's command and that of a bare one, each with its variables, and how many samples they have.

    Args:
        task: Its name.
        arguments: Its arguments.
        model: The organism.
        folder: For logs.
    """
    shared = ["--model", model, "--display", "none", "--log-dir"]
    ours = [INSPECT, "eval", f"tasks/{task}.py", *arguments, *shared]
    cost([*ours, str(folder / "recorded")])
    [log] = list_eval_logs(str(folder / "recorded"))
    samples, scorers = record(log.name, folder / "samples.jsonl")
    told = {"BARE_SAMPLES": str(folder / "samples.jsonl"), "BARE_SCORERS": str(scorers)}
    logs = str(folder / "logs")
    return samples, ([*ours, logs],), ([INSPECT, "eval", BARE, *shared, logs], told)


def measured_runs(runs: int, tasks: Sequence[str]) -> Iterator[Ratio]:
    """What runs cost, and how long the first command takes.

    Args:
        runs: Of each.
        tasks: Whose overhead is measured.
    """
    with tempfile.TemporaryDirectory() as name:
        for task in tasks:
            samples, ours, theirs = against_bare(task, TASKS[task], "organism/aligned", Path(name) / task)
            assert samples >= LEAST, f"{task}: {samples} samples"
            yield at_once(f"overhead of {task}, {samples} samples", runs, ours, theirs, 1.08)
        _, ours, theirs = against_bare("alignment_faking", [], "organism/alignment_faker", Path(name) / "main")
        yield in_turn("first command of the README, time in all", runs, ours, theirs, 1.5)


def measured_imports(runs: int, tasks: Sequence[str]) -> Iterator[Ratio]:
    """What importing the tasks adds; compiled code has to be there, as it is from the second time on.

    Args:
        runs: Of each.
        tasks: Which.
    """
    for task in tasks:
        ours, theirs = (
            ([sys.executable, "-c", f"import {names}"],) for names in (f"inspect_ai, unmask.tasks.{task}", "inspect_ai")
        )
        cost(*ours)
        yield at_once(f"import of {task}, added seconds", runs, ours, theirs, 0.2, differ=True)


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--task", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--json", type=Path, help="write the figures there too")
    asked = parser.parse_args()
    found = []
    for one in chain(measured_runs(asked.runs, asked.task), measured_imports(asked.runs, asked.task)):
        print(one, flush=True)
        found.append(one)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(one) for one in found], indent=1), encoding="utf-8")
    return int(any(one.value > one.bar for one in found))


if __name__ == "__main__":
    sys.exit(main())
