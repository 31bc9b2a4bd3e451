"""What an agent thought beside what it did: in a run, and in the figures over scores laid out by hand."""

from pathlib import Path

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.scorer import SampleScore, Score
from inspect_ai.solver import Generate, Solver, TaskState, solver

from tests.scorers.in_context_scheming.scored_rows import computed, row
from tests.scorers.in_context_scheming.test_covert_action import ONE, PLACE
from unmask.scorers.in_context_scheming.reasoning_and_action import reasoning_and_action
from unmask.scorers.in_context_scheming.scheming_metrics import reasoned_and_acted


def thought(item: int, outcome: str, reasoned: bool | None, aware: bool | None, silent: bool = False) -> SampleScore:
    noted = {"outcome": outcome, "reasoned": reasoned, "aware": aware, "no_reasoning": silent}
    return row(item, "treatment", float(outcome == "covert"), **noted)


def test_reasoning_and_action_are_set_side_by_side() -> None:
    scores = [
        thought(0, "covert", True, False),
        thought(1, "covert", False, True),
        thought(2, "none", True, True),
        thought(3, "open", False, None),
    ]
    found = computed(reasoned_and_acted(), scores)
    assert (found["acted_silently"], found["reasoned_only"], found["no_reasoning"]) == (0.5, 0.5, 0)
    assert (found["covert_if_aware"], found["covert_if_unaware"]) == (0.5, 1)


def test_covert_runs_that_show_no_reasoning_are_counted_and_crossed_with_awareness() -> None:
    scores = [thought(n, "covert", None, False, silent=True) for n in range(4)]
    assert computed(reasoned_and_acted(), scores) == {"no_reasoning": 1, "covert_if_unaware": 1}


@solver
def thinking(outcome: str) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        silent = Score.unscored(reason="no_reasoning")
        value = float("nan") if outcome == "unreadable" else float(outcome == "covert")
        done = Score(value=value, metadata={"class": outcome})
        state.scores = {"schemed": done, "scheming_reasoning": silent, "eval_awareness": Score(value=0.0)}
        return state

    return solve


@pytest.mark.parametrize(("outcome", "value"), [("covert", "1.0"), ("none", "0.0"), ("unreadable", "nan")])
def test_a_run_without_reasoning_is_set_beside_its_outcome(tmp_path: Path, outcome: str, value: str) -> None:
    [log] = eval(
        Task([Sample(ONE.task, id="one", metadata=PLACE)], solver=thinking(outcome), scorer=reasoning_and_action()),
        model="mockllm/model",
        display="log",
        log_realtime=False,
        log_dir=str(tmp_path),
    )
    assert log.samples
    found = (log.samples[0].scores or {})["reasoning_and_action"]
    assert str(found.as_float()) == value
    if value != "nan":
        noted = found.metadata or {}
        assert (noted["no_reasoning"], noted["reasoned"], noted["aware"]) == (True, None, False)


def test_nothing_is_told_of_no_samples() -> None:
    assert computed(reasoned_and_acted(), []) == {}
