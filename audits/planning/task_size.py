"""What a task has of items, and what it makes of each: it is made and counted, and not run."""

from inspect import signature
from typing import Any

from unmask.audits.planning.earlier_run import EarlierRun
from unmask.protocol.design import SampleDesign
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record

__all__ = ["TaskSize", "task_size"]


class TaskSize(Record):
    """What a task has of items, and what it makes of each."""

    track: str
    frames: str
    available: int
    wordings: int
    samples_per_item: float
    beside: int
    """Samples of the usual run that are no part of the contrast over all families."""

    placebo: bool
    """Whether a verdict has to hold net of a placebo."""

    neutral: bool
    """Whether it has to hold against frames in which nothing hangs on the behaviour."""


def task_size(threat: str, track: str | None, like: EarlierRun | None, arguments: dict[str, Any]) -> TaskSize:
    """Make the task, and count what it holds.

    Args:
        threat: The task's name.
        track: Kind of item; the usual one where left out, or the earlier run's.
        like: An earlier run, whose arguments hold but for how many items it took.
        arguments: Of the task, beside these.

    Raises:
        ConfigurationError: As the task does, and for a search, which is planned by its budget.
    """
    from unmask import tasks

    make, given = getattr(tasks, threat), dict(like.arguments) if like else {}
    kept = {name: value for name, value in given.items() if name not in {"limit_items", "pairs", "calibrate"}}
    asked = kept | ({"track": track} if track else {}) | arguments
    if asked.get("mode") == "search":
        raise ConfigurationError("mode=search spends a budget of calls, which is its plan")
    if unknown := set(asked) - set(signature(make).parameters):
        raise ConfigurationError(f"{', '.join(sorted(unknown))}: the task {threat} has no such argument")
    task = make(**asked)
    designs = [SampleDesign.read(sample.metadata or {}) for sample in task.dataset]
    pooled = [one for one in designs if one.pooled]
    items = {one.item for one in pooled}
    repeats = len(pooled) / len({(one.item, one.frame) for one in pooled})
    declared = task.metadata or {}
    return TaskSize(
        track=str(declared.get("track", "")),
        frames=str(declared.get("frames", "")),
        available=declared.get("prompts", len(items)),  # a task that takes pairs by number says how many there are
        wordings=round(repeats),
        samples_per_item=len(pooled) / len(items),
        beside=len(designs) - len(pooled),
        placebo=any(one.stratum == "placebo" for one in pooled),
        neutral=bool(declared.get("contrast", {}).get("neutral")),
    )
