"""Runs that are killed on the way and continued, each held against one that was let run."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log

from tests.faults.server import FaultyServer, faulty
from unmask.audits.findings import find_runs, finding_of

__all__ = ["killed_run"]

ARGUMENTS = ("unmask/alignment_faking", "-T", "limit_items=6")
MODELS = ("--model", "openai-api/unmask/alignment_faker", "--model-role", "grader=openai-api/unmask/grader")
QUIET = ("--display", "none", "--max-samples", "4", "--log-buffer", "2")
MOST = 5
"""Tries to go on after which a run counts as lost."""


def killed_run(folder: Path, seed: int, again: str) -> dict[str, Any]:
    """Run a task, kill it at a random request, go on until it ends, and hold it against a run that was let run.

    Args:
        folder: For the logs.
        seed: Of the moment.
        again: `eval-retry`, or `eval-set`, which is killed and called again itself.

    Returns:
        A row of the table.
    """
    free, total = _uninterrupted()
    after = random.Random(seed).randint(1, total - 1)
    with faulty(delay=0.05) as server:
        begin = ["eval-set" if again == "eval-set" else "eval", *ARGUMENTS, *MODELS, *QUIET]
        _kill_at(_started(server, folder, begin), server, after, random.Random(seed).random() * 0.05)
        tries = _continued(server, folder, begin, again)
    runs, _ = find_runs([str(folder)])
    [header] = runs
    log = read_eval_log(header.location)
    wanted, found = _scores(free), _scores(log)
    counts = Counter((str(sample.id), sample.epoch) for sample in log.samples or [])
    same = finding_of(header).sentence == finding_of(free).sentence
    return {
        "continued": again,
        "seed": seed,
        "after": after,
        "of": total,
        "samples": len(counts),
        "tries": tries,
        "lost": len(wanted.keys() - found.keys()),
        "twice": sum(count > 1 for count in counts.values()),
        "different": sum(found.get(key) != value for key, value in wanted.items()),
        "verdict": "same" if same else finding_of(header).verdict,
    }


@cache
def _uninterrupted() -> tuple[EvalLog, int]:
    """The run that nobody kills, and how many requests it makes."""
    import tempfile

    folder = Path(tempfile.mkdtemp())
    with faulty(delay=0.05) as server:
        _started(server, folder, ["eval", *ARGUMENTS, *MODELS, *QUIET]).wait()
        [info] = list_eval_logs(str(folder))
        return read_eval_log(info.name), sum(server.asked.values())


def _started(server: FaultyServer, folder: Path, command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start `inspect` in a process group of its own."""
    program = str(Path(sys.executable).with_name("inspect"))
    keys = {"UNMASK_API_KEY": "loopback", "UNMASK_BASE_URL": server.url, "INSPECT_LOG_DIR": str(folder)}
    quiet = subprocess.DEVNULL
    return subprocess.Popen(
        [program, *command], env=os.environ | keys, stdout=quiet, stderr=quiet, start_new_session=True
    )


def _kill_at(process: "subprocess.Popen[bytes]", server: FaultyServer, after: int, moment: float) -> None:
    """Kill the process group as soon as the server has seen so many requests, and a moment has passed."""
    while sum(server.asked.values()) < after and process.poll() is None:
        time.sleep(0.005)
    time.sleep(moment)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _continued(server: FaultyServer, folder: Path, begin: list[str], again: str) -> int:
    """Go on until a log has ended well, and say how many tries that took."""
    for tries in range(MOST + 1):
        logs = [read_eval_log(info, header_only=True) for info in list_eval_logs(str(folder))]
        if any(log.status == "success" for log in logs):
            return tries
        last = max(logs, key=lambda log: log.eval.created, default=None)
        retry = ["eval-retry", last.location, *QUIET] if last and again == "eval-retry" else begin
        _started(server, folder, retry).wait()
    raise RuntimeError(f"{folder}: not ended after {MOST} tries")


def _scores(log: EvalLog) -> dict[tuple[str, int], dict[str, str]]:
    return {
        (str(sample.id), sample.epoch): {name: str(score.value) for name, score in (sample.scores or {}).items()}
        for sample in log.samples or []
    }
