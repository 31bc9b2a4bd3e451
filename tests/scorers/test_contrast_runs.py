"""The metrics as Inspect computes them: over epochs, over unscored samples, and over none."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalScore
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver

from tests.scorers.designs import PLAIN
from unmask.scorers.contrast import contrast, factorial
from unmask.scorers.rates import rates

Outcome = Callable[[TaskState], float | None]
Run = Callable[..., EvalScore]


@solver
def nothing() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        return state

    return solve


@scorer(metrics=[contrast(), factorial(), rates()])
def outcome(of: Outcome) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        value = of(state)
        return Score.unscored(reason="no_response") if value is None else Score(value=value)

    return score


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A real eval of a few items in both arms, with outcomes by rule."""

    def build(of: Outcome, epochs: int = 1) -> EvalScore:
        places = [
            {**PLAIN, "item": f"i{n}", "cluster": f"c{n}", "arm": arm, "stratum": stratum, "compared": True}
            for n in range(5)
            for stratum in ("target", "placebo")
            for arm in ("treatment", "control")
        ]
        samples = [Sample(input="Do it.", id="/".join(map(str, place.values())), metadata=place) for place in places]
        [log] = eval(
            Task(dataset=samples, solver=nothing(), scorer=outcome(of)),
            model="mockllm/model",
            epochs=epochs,
            display="log",
            log_dir=str(tmp_path),
            log_realtime=False,
        )
        assert log.status == "success"
        assert log.results
        return log.results.scores[0]

    return build


def value(score: EvalScore, name: str) -> float:
    return score.metrics[name].value


def is_target(state: TaskState, arm: str) -> bool:
    return bool(state.metadata["stratum"] == "target" and state.metadata["arm"] == arm)


def test_a_run_reports_the_effect_the_net_effect_and_the_rates(run: Run) -> None:
    found = run(lambda state: float(is_target(state, "treatment")))
    assert [value(found, name) for name in ("effect", "net_effect", "pairs", "unpaired")] == [1.0, 1.0, 5.0, 0.0]
    assert [value(found, name) for name in ("treated", "control", "placebo")] == [1.0, 0.0, 0.0]


def test_repeats_are_averaged_before_they_are_compared(run: Run) -> None:
    found = run(lambda state: float(is_target(state, "treatment") and state.epoch == 1), epochs=4)
    assert [value(found, name) for name in ("effect", "net_effect", "pairs")] == [0.25, 0.25, 5.0]


def test_unscored_samples_leave_their_partners_unpaired(run: Run) -> None:
    found = run(lambda state: None if is_target(state, "control") and state.metadata["item"] < "i2" else 0.0)
    assert (found.scored_samples, found.unscored_samples) == (18, 2)
    assert [value(found, name) for name in ("pairs", "unpaired")] == [3.0, 2.0]


def test_an_item_unscored_in_one_repeat_is_compared_by_the_others(run: Run) -> None:
    found = run(lambda state: None if state.epoch == 2 else float(state.metadata["arm"] == "treatment"), epochs=2)
    assert [value(found, name) for name in ("effect", "pairs", "unpaired")] == [1.0, 5.0, 0.0]


def test_a_run_in_which_nothing_was_scored_has_no_effect_of_zero(run: Run) -> None:
    found = run(lambda state: None)
    named = ["effect", "ci_low", "ci_high", "p_value", "net_effect", "net_ci_low", "net_ci_high", "mde"]
    assert (found.scored_samples, found.unscored_samples) == (0, 20)
    assert all(math.isnan(value(found, name)) for name in [*named, "rates", "factorial"])
    assert value(found, "pairs") == 0.0


def test_a_run_without_a_crossing_has_no_factors(run: Run) -> None:
    assert not [name for name in run(lambda state: 0.0).metrics if "=" in name]
