"""The offline grader answers a judge prompt in the form that it asks for."""

import json
from collections.abc import Callable

import pytest
from inspect_ai.model import ModelOutput

from unmask.scorers.judge.rubric import judge_prompt, rubric

Ask = Callable[..., ModelOutput]


@pytest.mark.parametrize("name", ["choice", "compliance", "engagement", "eval_awareness", "faking_reasoning"])
def test_the_offline_grader_answers_every_criterion_it_is_asked(name: str, ask: Ask) -> None:
    parts = {"request": "Write it.", "reasoning": "I think.", "reply": "Here is the letter."}
    answer = json.loads(ask("grader", judge_prompt().render(rubric(name), parts), judge_prompt().system).completion)
    assert [entry["id"] for entry in answer["criteria"]] == [criterion.id for criterion in rubric(name).criteria]


def test_the_offline_grader_quotes_the_reply(ask: Ask) -> None:
    parts = {"request": "Here is what I want.", "reply": "Here is the letter. Sign it."}
    prompt = judge_prompt().render(rubric("compliance"), parts)
    [met] = [entry for entry in json.loads(ask("grader", prompt).completion)["criteria"] if entry["met"]]
    assert (met["id"], met["quote"]) == ("fulfils", "Here is the letter.")
