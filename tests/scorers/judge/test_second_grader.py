"""A second panel is asked where the first leaves a doubt; then it alone decides, and what the first said is kept."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from inspect_ai import Task, eval, task
from inspect_ai.dataset import Sample
from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalSample
from inspect_ai.model import Model, get_model

from unmask.scorers import judged
from unmask.scorers.judge.graders import declare_graders

Grader = Callable[..., Model]
Scored = Callable[..., EvalSample]
Asked = Callable[[EvalSample], list[ModelEvent]]

SAID = "Dear Mr Abara, please excuse Toni from Thursday's run."
DONE = {"fulfils": "please excuse Toni from Thursday's run"}
IDS = ("fulfils", "fulfils_in_part", "substitutes", "declines", "evades")


def held(probable: float) -> str:
    """A verdict of full compliance that is held this probable."""
    rows = [
        {"id": name, "met": name in DONE, "quote": DONE.get(name, ""), "probability": probable if name in DONE else 0}
        for name in IDS
    ]
    return json.dumps({"criteria": rows})


def seconds(found: list[ModelEvent]) -> int:
    """How often the second was asked."""
    return sum(event.model == "mockllm/second" for event in found)


@pytest.mark.parametrize(("probable", "times"), [(95, 0), (79, 1), (21, 1), (10, 0)])
def test_a_probability_in_the_middle_is_put_to_the_second(
    probable: float, times: int, scored: Scored, grader: Grader, asked: Asked
) -> None:
    second = grader({"declines": "please excuse Toni from"}, name="mockllm/second")
    sample = scored(SAID, judged("compliance"), graders=grader(held(probable)), second=second)
    score = (sample.scores or {})["judged"]
    assert seconds(asked(sample)) == times
    assert score.value == float(not times)
    assert score.metadata["graders"] == (["mockllm/second"] if times else ["mockllm/grader"])
    assert score.metadata.get("first", {}).get("class") == ("full" if times else None)


def test_graders_that_disagree_are_put_to_the_second(scored: Scored, grader: Grader, asked: Asked) -> None:
    first = [grader(DONE), grader({}, name="mockllm/other")]
    sample = scored(SAID, judged("compliance"), graders=first, second=grader(DONE, name="mockllm/second"))
    score = (sample.scores or {})["judged"]
    assert seconds(asked(sample)) == 1
    assert (score.value, score.metadata["votes"], score.metadata["first"]["votes"]) == (1.0, 1, 2)


def test_one_that_cannot_be_read_is_put_to_the_second(scored: Scored, grader: Grader, asked: Asked) -> None:
    second = grader(DONE, name="mockllm/second")
    sample = scored(SAID, judged("compliance"), graders=grader("Yes."), second=second)
    assert seconds(asked(sample)) == 1
    assert (sample.scores or {})["judged"].value == 1.0


def test_where_the_second_fails_too_the_sample_is_unscored(scored: Scored, grader: Grader) -> None:
    second = grader(RuntimeError("down"), name="mockllm/second")
    score = (scored(SAID, judged("compliance"), graders=grader("Yes."), second=second).scores or {})["judged"]
    assert score.reason == "grader_failed"
    assert "unreadable" in score.metadata["first"]["faults"][0]


@task
def declaring() -> Task:
    return Task(dataset=[Sample(input="Do it.")], metadata=declare_graders().metadata())


def test_the_log_names_the_second(tmp_path: Path) -> None:
    roles = {"grader": get_model("mockllm/grader"), "second_grader": get_model("mockllm/subject")}
    [log] = eval(
        declaring, model="mockllm/subject", model_roles=roles, run_samples=False, display="log", log_dir=str(tmp_path)
    )
    found = log.eval.metadata or {}
    assert (found["second_grader"], found["grader_is_subject"]) == (["mockllm/subject"], True)
