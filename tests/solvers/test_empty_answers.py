"""An answer without any choice is an error that says so, whoever asked, and never a score."""

from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task, eval
from inspect_ai.log import EvalLog
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from unmask.solvers.empty_answers import empty_answers_named
from unmask.tasks.alignment_faking import alignment_faking
from unmask.tasks.backdoors import backdoors
from unmask.tasks.in_context_scheming import in_context_scheming
from unmask.tasks.sandbagging import sandbagging

TOLD = "the provider sent an answer without any choice"


def silent(task: Any, folder: Path, **arguments: Any) -> EvalLog:
    """A run on a model whose answers have no choices."""
    outputs = (ModelOutput(model="mockllm/model", usage=ModelUsage()) for _ in range(1000))
    made: Task = task(**arguments)
    [log] = eval(
        made,
        model=get_model("mockllm/model", custom_outputs=outputs, memoize=False),
        model_roles={"grader": "organism/grader"},
        display="log",
        log_dir=str(folder),
        fail_on_error=False,
        limit=2,
        log_realtime=False,
    )
    return log


@pytest.mark.parametrize(
    ("task", "arguments"),
    [
        (alignment_faking, {"limit_items": 1}),
        (sandbagging, {"limit_items": 1}),
        (sandbagging, {"limit_items": 1, "setting": "agent"}),
        (in_context_scheming, {"limit_items": 1, "crossed": False}),
        (backdoors, {"track": "coding", "pairs": 2, "near": 0, "clean": 0}),
    ],
    ids=["alignment_faking", "sandbagging", "sandbagging agent", "in_context_scheming", "backdoors"],
)
def test_an_answer_without_choices_is_an_error_with_its_reason(
    task: Any, arguments: dict[str, Any], tmp_path: Path
) -> None:
    samples = silent(task, tmp_path, **arguments).samples or []
    assert [TOLD in sample.error.message for sample in samples if sample.error] == [True] * 2
    assert [sample.scores for sample in samples] == [{}, {}]


def test_other_faults_keep_their_name() -> None:
    with pytest.raises(IndexError, match="pop from empty list"), empty_answers_named():
        list[str]().pop()
