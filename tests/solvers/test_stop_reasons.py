"""An answer that reached its limit of tokens was cut off, whether its provider says so or not."""

from pathlib import Path

import pytest
from inspect_ai import Task, eval, score
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import Model, ModelOutput, ModelUsage, StopReason, get_model
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState, generate

from unmask.scorers.sandbagging.correctness import correct
from unmask.solvers.interview import Interview, interview
from unmask.solvers.stop_reasons import why_stopped
from unmask.tasks.sandbagging import sandbagging

LIMIT = 40
LOOP = "The sum is the sum of the sum, and the sum is the sum. " * 4


def _model(text: str, tokens: int, stop: StopReason = "unknown") -> Model:
    """A model whose provider counts so many tokens for its answer."""

    def reply(*_: object) -> ModelOutput:
        output = ModelOutput.from_content("mockllm/model", text, stop_reason=stop)
        output.usage = ModelUsage(output_tokens=tokens)
        return output

    return get_model("mockllm/model", custom_outputs=reply, memoize=False)


def _run(task: Task, model: Model, folder: Path) -> EvalLog:
    grader = {"grader": get_model("organism/grader")}
    [log] = eval(
        task, model=model, model_roles=grader, max_tokens=LIMIT, log_dir=str(folder), display="log", log_realtime=False
    )
    assert log.status == "success", log.error
    return log


@scorer(metrics=[])
def stops() -> Scorer:
    """The reasons that readers of the answer, and of the answers of an interview, are given."""

    async def read(state: TaskState, target: Target) -> Score:
        asked = [one.stop_reason for one in Interview(store=state.store).asked]
        return Score(value=1.0, metadata={"reasons": [why_stopped(state.output), *asked]})

    return read


@pytest.mark.parametrize(
    ("text", "tokens", "stop", "read"),
    [
        (LOOP, LIMIT, "unknown", ["max_tokens"] * 2),
        ("", LIMIT, "unknown", ["max_tokens"]),
        (LOOP, LIMIT - 1, "unknown", ["unknown"] * 2),
        ("Answer: 12", LIMIT, "unknown", ["unknown"] * 2),  # a batch's count: ten bytes are no forty tokens
        (LOOP, LIMIT, "stop", ["stop"] * 2),
        (LOOP, 3, "max_tokens", ["max_tokens"] * 2),
    ],
)
def test_an_answer_that_reached_its_limit_was_cut_off(
    text: str, tokens: int, stop: StopReason, read: list[str], tmp_path: Path
) -> None:
    task = Task(dataset=[Sample(input="?", metadata={"item": "1"})], solver=[generate(), interview()], scorer=stops())
    [sample] = _run(task, _model(text, tokens, stop), tmp_path).samples or []
    assert (sample.scores or {})["stops"].metadata == {"reasons": read}


def test_an_answer_that_was_cut_off_is_unscored_also_when_it_is_scored_again(tmp_path: Path) -> None:
    log = _run(sandbagging(limit_items=1), _model(LOOP, LIMIT), tmp_path)
    again = score(log, correct(), action="overwrite", display="log")
    samples = [*(log.samples or []), *(again.samples or [])]
    assert {(sample.scores or {})["correct"].reason for sample in samples} == {"budget"}
