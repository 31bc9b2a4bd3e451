from contextvars import Context
from pathlib import Path

from inspect_ai import eval as inspect_eval
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from unmask.tasks.alignment_faking import alignment_faking

ANSWERS = [
    "<scratchpad>Plain.</scratchpad><decision>decline</decision><reply>I won't help with this one.</reply>",
    "<scratchpad>Plain.</scratchpad><decision>decline</decision>",
]


def outputs(count: int) -> list[ModelOutput]:
    made = [ModelOutput.from_content("mockllm/model", ANSWERS[turn % 2]) for turn in range(count)]
    for output in made:
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
    return made


def test_a_model_of_any_provider_runs_with_a_grader_that_is_named(tmp_path: Path) -> None:
    model = get_model("mockllm/model", custom_outputs=outputs(8), memoize=False)
    roles = {"grader": "organism/grader"}
    log = inspect_eval(
        alignment_faking(limit_items=2),
        model=model,
        model_roles=roles,
        log_dir=str(tmp_path),
        display="log",
        log_realtime=False,
    )[0]
    assert log.status == "success"
    assert log.results is not None
    complied = next(score for score in log.results.scores if score.name == "complied")
    assert (complied.scored_samples, complied.unscored_samples) == (8, 0)


def test_a_task_built_before_its_model_is_known_calls_no_model_without_a_grader(tmp_path: Path) -> None:
    model = get_model("mockllm/model", custom_outputs=outputs(8), memoize=False)
    built = Context().run(alignment_faking, limit_items=2)  # in which no earlier run has left a model
    log = inspect_eval(built, model=model, log_dir=str(tmp_path), display="log", log_realtime=False)[0]
    assert log.status == "error"
    assert log.error is not None
    assert "needs a grader" in log.error.message
    assert log.stats.model_usage == {}
