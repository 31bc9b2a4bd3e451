"""A grader is asked once a run whether it answers, before the model under test is."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import GenerateConfig, Model, ModelOutput, ModelUsage, get_model
from inspect_ai.solver import generate

from unmask.protocol.errors import ConfigurationError
from unmask.scorers.judge.graders import Graders, require_grader
from unmask.scorers.judge.preflight import Preflight

SAMPLES = 5


def counted(name: str, fault: Exception | None = None) -> tuple[Model, list[str]]:
    """A model that answers, or always fails, with the list of what it was asked."""
    asked: list[str] = []

    def answer(messages: list[Any], *_: object) -> ModelOutput:
        asked.append(messages[-1].text)
        if fault is not None:
            raise fault
        output = ModelOutput.from_content(f"mockllm/{name}", '{"criteria": []}')
        output.usage = ModelUsage()
        return output

    return get_model(f"mockllm/{name}", custom_outputs=answer, memoize=False), asked


def run(subject: Model, grader: Model, folder: Path, **options: Any) -> EvalLog:
    built = Task(dataset=[Sample(input=f"Do {n}.") for n in range(SAMPLES)], setup=require_grader(), solver=generate())
    roles: dict[str, Any] = {"grader": grader}
    wanted: dict[str, Any] = {"display": "log", "log_dir": str(folder), "log_realtime": False, **options}
    [log] = eval(built, model=subject, model_roles=roles, **wanted)
    return log


def test_a_grader_is_asked_once_a_run(tmp_path: Path) -> None:
    (subject, answers), (grader, asked) = counted("subject"), counted("grader")
    assert run(subject, grader, tmp_path).status == "success"
    assert (len(answers), len(asked)) == (SAMPLES, 1)


@pytest.mark.parametrize("options", [{}, {"fail_on_error": False}], ids=["as usual", "past errors"])
def test_a_grader_that_is_down_stops_the_run_before_the_model_is_asked(tmp_path: Path, options: dict[str, Any]) -> None:
    (subject, answers), (grader, asked) = counted("subject"), counted("grader", ConnectionError("refused"))
    log = run(subject, grader, tmp_path, **options)
    assert (answers, len(asked)) == ([], 3)
    errors = [sample.error.message for sample in log.samples or [] if sample.error]
    assert errors
    assert all("the grader mockllm/grader does not answer" in told and "refused" in told for told in errors)


def test_a_single_garbled_answer_stops_nothing(tmp_path: Path) -> None:
    faults = iter([ValueError("no JSON")])

    def answer(*_: object) -> ModelOutput:
        for fault in faults:
            raise fault
        output = ModelOutput.from_content("mockllm/grader", "{}")
        output.usage = ModelUsage()
        return output

    (subject, answers), grader = counted("subject"), get_model("mockllm/grader", custom_outputs=answer, memoize=False)
    assert run(subject, grader, tmp_path).status == "success"
    assert len(answers) == SAMPLES


def test_an_organism_is_not_asked_whether_it_is_there(tmp_path: Path) -> None:
    subject, _ = counted("subject")
    log = run(subject, get_model("organism/grader"), tmp_path)
    assert log.status == "success"
    assert log.stats.model_usage.keys() == {"mockllm/subject"}
    assert Graders([], offline=False, self_graded=False).setup() is not None  # no model is known yet
    assert Graders(["organism/grader"], offline=True, self_graded=False).setup() is None


def configured(**own: int) -> tuple[Model, list[GenerateConfig]]:
    """A model that answers, with the list of configurations that it was asked with."""
    seen: list[GenerateConfig] = []

    def answer(messages: list[Any], tools: Any, choice: Any, config: GenerateConfig) -> ModelOutput:
        seen.append(config)
        output = ModelOutput.from_content("mockllm/grader", "{}")
        output.usage = ModelUsage()
        return output

    config = GenerateConfig(**own)
    return get_model("mockllm/grader", custom_outputs=answer, memoize=False, config=config), seen


@pytest.mark.parametrize(
    ("own", "retries", "timeout"),
    [({}, 4, 120), ({"max_retries": 1, "timeout": 30}, 1, 30), ({"max_retries": 9, "timeout": 900}, 4, 120)],
)
def test_a_grader_is_not_waited_for_without_end(own: dict[str, int], retries: int, timeout: int) -> None:
    grader, seen = configured(**own)
    preflight = Preflight()
    for _ in range(2):
        asyncio.run(preflight.check(grader))
    assert [(one.max_retries, one.timeout) for one in seen] == [(retries, timeout)]


def test_a_grader_that_did_not_answer_is_asked_again_after_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    grader, asked = counted("grader", ConnectionError("refused"))
    preflight = Preflight()
    for now, tries in ((1000.0, 3), (1060.0, 3), (1060.5, 6)):
        monkeypatch.setattr("unmask.scorers.judge.preflight.time.monotonic", lambda now=now: now)
        with pytest.raises(ConfigurationError, match="refused"):
            asyncio.run(preflight.check(grader))
        assert len(asked) == tries
