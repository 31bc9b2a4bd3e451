"""Runs in which every question goes to the grader by itself, held against runs as they are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from inspect_ai import Task, eval
from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalLog, EvalSample
from inspect_ai.model import Model

from unmask.scorers.judge import judge
from unmask.scorers.judge.rubric import rubric

__all__ = ["asked", "asked_alone", "joint_and_alone", "scores_of"]


@contextmanager
def asked_alone() -> Iterator[None]:
    """While it lasts, each scorer asks by its own rubric alone, in a call of its own."""
    with (
        patch.object(judge, "asked_together", lambda name, *_: [rubric(name)]),
        patch.object(judge, "asked_beside", lambda *_: []),
        patch.object(judge._Question, "_beside", lambda *_, **__: {}),
    ):
        yield


def joint_and_alone(make: Callable[[], Task], model: Callable[[], Model], folder: Path) -> tuple[EvalLog, EvalLog]:
    """The logs of a run as it is, and of the same with every question by itself.

    Args:
        make: Makes the task.
        model: Makes the organism.
        folder: For the logs.
    """
    joint = _run(make(), model(), folder)
    with asked_alone():
        return joint, _run(make(), model(), folder)


def _run(task: Task, model: Model, folder: Path) -> EvalLog:
    [log] = eval(task, model=model, log_dir=str(folder), display="log", log_realtime=False)
    assert log.status == "success", log.error
    return log


def asked(sample: EvalSample) -> int:
    """How often the offline grader was called for a sample."""
    return sum(isinstance(event, ModelEvent) and event.model == "organism/grader" for event in sample.events)


def scores_of(log: EvalLog) -> dict[str, dict[str, Any]]:
    """What every scorer says of every sample: its value, its class, and why there is none."""
    return {
        f"{sample.id}/{sample.epoch}": {
            name: (score.value, (score.metadata or {}).get("class"), score.reason)
            for name, score in (sample.scores or {}).items()
        }
        for sample in log.samples or []
    }
