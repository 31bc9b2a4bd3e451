"""Real runs that stop early: errors, retries, epochs, a second model, a limit, and a run that was cut off."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task, eval, eval_retry, score, task
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from tests.scorers.sequential.made_run import made_samples
from unmask.audits.bundles.redaction.redacted_log import redacted_log
from unmask.audits.bundles.redaction.redaction_policy import load_policy
from unmask.audits.findings.log_figures import log_figures
from unmask.scorers.headline_figures import figures, headline
from unmask.scorers.sequential.early_stop import SequentialStopping
from unmask.scorers.sequential.put_off import tells_its_turn
from unmask.scorers.sequential.sequential_figures import sequential

TRIED: Counter[str] = Counter()
FAULTS: dict[str, int] = {}
"""Sample -> how many of its tries end in an error."""

UNSCORED: set[str] = set()


@solver
def faulty() -> Solver:
    """Does nothing, or breaks as often as it was told to."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        TRIED[str(state.sample_id)] += 1
        if TRIED[str(state.sample_id)] <= FAULTS.get(str(state.sample_id), 0):
            raise RuntimeError("made to break")
        return state

    return solve


@figures(sequential(room="any"))
@scorer(metrics=[headline("made_behaviour", ())])
@tells_its_turn
def made_behaviour() -> Scorer:
    """1 under treatment, 0 under control."""

    async def score(state: TaskState, target: Target) -> Score:
        if str(state.sample_id) in UNSCORED:
            return Score.unscored(reason="made")
        return Score(value=float((state.metadata["arm"], state.metadata["stratum"]) == ("treatment", "target")))

    return score


@task
def made_task(placebo: bool = False) -> Task:
    """Forty pairs, of which seven tell."""
    return Task(
        dataset=made_samples(40, families=0, placebo=placebo),
        solver=faulty(),
        scorer=made_behaviour(),
        early_stopping=SequentialStopping("made_behaviour", room="any"),
    )


@pytest.fixture(autouse=True)
def _nothing_tried() -> None:
    TRIED.clear()
    FAULTS.clear()
    UNSCORED.clear()


def run(folder: Path, model: Any = "mockllm/model", placebo: bool = False, **more: Any) -> list[EvalLog]:
    return eval(made_task(placebo), model=model, log_dir=str(folder), display="none", **more, log_realtime=False)


def told(log: EvalLog) -> dict[str, float]:
    assert log.results
    return {name: one.value for name, one in log.results.scores[0].metrics.items()}


def test_a_run_stops_and_what_was_stopped_is_no_failure(tmp_path: Path) -> None:
    (log,) = run(tmp_path)
    assert log.status == "success"
    assert log.results
    assert log.results.early_stopping
    assert log.results.early_stopping.metadata["verdict"] == "present"
    found = told(log)
    assert (found["verdict"], found["pairs_used"], found["pairs_planned"]) == (1.0, 7.0, 40.0)
    assert found["pairs_run"] <= 13
    assert log.results.completed_samples + len(log.results.early_stopping.early_stops) == 80


def test_a_sample_in_error_leaves_its_pair_out_and_the_run_goes_on(tmp_path: Path) -> None:
    FAULTS["i2/control-target"] = 9
    (log,) = run(tmp_path, fail_on_error=False)
    found = told(log)
    assert (log.status, found["verdict"], found["pairs_used"]) == ("success", 1.0, 7.0)
    assert found["pairs_run"] < 20


def test_a_sample_that_is_tried_again_counts_once(tmp_path: Path) -> None:
    FAULTS["i2/control-target"] = 1
    (log,) = run(tmp_path, retry_on_error=2)
    assert (told(log)["verdict"], told(log)["pairs_used"]) == (1.0, 7.0)
    assert TRIED["i2/control-target"] <= 2


def test_a_sample_that_is_tried_again_is_not_waited_for(tmp_path: Path) -> None:
    FAULTS["i2/control-target"] = 1
    (log,) = run(tmp_path, retry_on_error=2, max_samples=1)
    assert (told(log)["verdict"], told(log)["pairs_used"], told(log)["pairs_run"]) == (1.0, 7.0, 7.0)
    assert TRIED["i2/control-target"] == 1


def test_many_samples_that_are_tried_again_hold_up_no_other(tmp_path: Path) -> None:
    FAULTS.update({f"i{number}/control-target": 1 for number in range(30)})
    (log,) = run(tmp_path, retry_on_error=1)
    assert (log.status, told(log)["verdict"], told(log)["pairs_used"]) == ("success", 1.0, 7.0)
    assert told(log)["pairs_run"] < 30


def test_what_was_put_off_is_looked_at_in_its_new_turn_whoever_reads_the_log(tmp_path: Path) -> None:
    FAULTS.update({f"i{number}/control-target": 1 for number in range(40)})
    (log,) = run(tmp_path, retry_on_error=1, max_samples=1)
    notes = [
        one.scores["made_behaviour"].metadata or {} for one in read_eval_log(log.location).samples or [] if one.scores
    ]
    turns = [one["looked_at_after"] for one in notes if "looked_at_after" in one]
    assert turns == [[40, number] for number in range(1, 8)]
    again = score(read_eval_log(log.location), made_behaviour(), action="overwrite", display="none")
    assert told(again) == told(log)


def test_what_waited_for_another_try_when_the_run_stopped_comes_into_no_verdict(tmp_path: Path) -> None:
    FAULTS["i2/treatment-placebo"] = 1
    (log,) = run(tmp_path, placebo=True, retry_on_error=1, max_samples=1)
    assert log.results
    assert log.results.early_stopping
    stopped = log.results.early_stopping.metadata
    assert stopped["looked_at"] == [1, 2, *range(4, 4 + len(stopped["looked_at"]) - 2)]
    assert told(log)["pairs_used"] == stopped["pairs_used"]
    kept = read_eval_log(log.location, header_only=True)
    assert log_figures(kept)["made_behaviour"]["pairs_used"] == stopped["pairs_used"]


def test_a_place_keeps_its_later_turn_where_what_was_tried_again_is_unscored(tmp_path: Path) -> None:
    FAULTS.update({f"i{number}/treatment-placebo": 1 for number in range(40)})
    UNSCORED.update({"i2/treatment-placebo", "i3/treatment-placebo"})
    (log,) = run(tmp_path, placebo=True, retry_on_error=1)
    assert log.results
    assert log.results.early_stopping
    stopped = log.results.early_stopping.metadata
    assert (told(log)["verdict"], told(log)["pairs_used"]) == (1.0, stopped["pairs_used"])


@pytest.mark.parametrize("policy", ["scores_only", "no_reasoning"])
def test_a_redacted_log_keeps_the_order_in_which_its_run_was_looked_at(tmp_path: Path, policy: str) -> None:
    FAULTS.update({f"i{number}/control-target": 1 for number in range(40)})
    (log,) = run(tmp_path, retry_on_error=1, max_samples=1)
    shown, _ = redacted_log(read_eval_log(log.location, header_only=True), load_policy(policy)[0], b"salt")
    assert log_figures(shown) == log_figures(read_eval_log(log.location))


def test_epochs_are_repeats_of_an_item(tmp_path: Path) -> None:
    (log,) = run(tmp_path, epochs=2)
    assert (told(log)["verdict"], told(log)["pairs_used"], told(log)["pairs_planned"]) == (1.0, 7.0, 40.0)


def test_two_models_at_once_stop_each_by_itself(tmp_path: Path) -> None:
    logs = run(tmp_path, ["mockllm/one", "mockllm/two"], max_tasks=2)
    assert [told(log)["pairs_used"] for log in logs] == [7.0, 7.0]


def test_a_limit_cuts_the_schedule_and_a_verdict_may_stay_open(tmp_path: Path) -> None:
    (log,) = run(tmp_path, limit=8)
    assert (told(log)["verdict"], told(log)["pairs_used"]) == (0.0, 4.0)
    assert log.results
    assert log.results.early_stopping
    assert log.results.early_stopping.early_stops == []


def test_a_run_that_broke_off_goes_on_from_what_it_had(tmp_path: Path) -> None:
    FAULTS["i5/control-target"] = 1
    (broken,) = run(tmp_path, max_samples=1)
    assert broken.status == "error"
    kept = {one.id for one in read_eval_log(broken.location).samples or [] if one.error is None}
    (log,) = eval_retry(broken, log_dir=str(tmp_path), display="none", max_samples=1, log_realtime=False)
    assert (told(log)["verdict"], told(log)["pairs_used"], told(log)["pairs_run"]) == (1.0, 7.0, 7.0)
    assert all(TRIED[str(name)] == 1 for name in kept)
