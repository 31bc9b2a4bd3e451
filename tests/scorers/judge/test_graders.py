"""Who judges is settled and recorded before anything is generated."""

from contextvars import Context
from pathlib import Path

import pytest
from inspect_ai import Task, eval, task
from inspect_ai.dataset import Sample
from inspect_ai.model import Model, ModelOutput, get_model

from unmask.protocol.errors import ConfigurationError
from unmask.scorers.judge.graders import Graders, declare_graders, require_grader


@task
def declaring() -> Task:
    return Task(dataset=[Sample(input="Do it.")], metadata=declare_graders().metadata())


def silent() -> Model:
    """A model that does not live to say a word."""
    return get_model("mockllm/subject", custom_outputs=[ModelOutput(model="mockllm/subject")], memoize=False)


@pytest.mark.parametrize(
    ("subject", "graders", "recorded"),
    [
        ("organism/aligned", [], (["organism/grader"], True, False)),
        ("organism/aligned", ["mockllm/grader"], (["mockllm/grader"], False, False)),
        ("mockllm/subject", ["mockllm/grader"], (["mockllm/grader"], False, False)),
        ("mockllm/subject", ["organism/grader"], (["organism/grader"], True, False)),
        ("mockllm/subject", ["mockllm/subject"], (["mockllm/subject"], False, True)),
        (
            "mockllm/subject",
            ["mockllm/grader", "mockllm/subject"],
            (["mockllm/grader", "mockllm/subject"], False, True),
        ),
    ],
)
def test_the_log_names_the_graders_and_what_they_are(
    subject: str, graders: list[str], recorded: tuple[list[str], bool, bool], tmp_path: Path
) -> None:
    bound = [get_model(name) for name in graders]
    roles = {"grader": bound if len(bound) > 1 else bound[0]} if bound else {}
    [log] = eval(
        declaring,
        model=subject,
        model_roles=roles,
        run_samples=False,
        display="log",
        log_dir=str(tmp_path),
        log_realtime=False,
    )
    found = log.eval.metadata or {}
    assert (found["grader"], found["grader_offline"], found["grader_is_subject"]) == recorded


def test_a_missing_grader_is_a_configuration_error_before_the_first_sample(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"mockllm/subject needs a grader: pass --model-role grader="):
        eval(declaring, model=silent(), display="log", log_dir=str(tmp_path), log_realtime=False)
    assert not list(tmp_path.iterdir())


def test_a_task_that_is_built_before_any_model_is_known_leaves_the_graders_open() -> None:
    found = Context().run(declare_graders)  # in which no earlier run has left a model
    assert (found.names, found.offline, found.self_graded) == ([], False, False)


def test_a_task_built_before_its_model_is_refused_a_grader_before_anything_is_generated(tmp_path: Path) -> None:
    calls: list[object] = []

    def answered(*asked: object) -> ModelOutput:
        calls.append(asked)
        return ModelOutput.from_content("mockllm/subject", "Done.")

    subject = get_model("mockllm/subject", custom_outputs=answered, memoize=False)
    built = Task(dataset=[Sample(input="Do it.")], setup=require_grader())
    [log] = eval(built, model=subject, display="log", log_dir=str(tmp_path), log_realtime=False)
    assert log.status == "error"
    assert log.error
    assert "needs a grader" in log.error.message
    assert calls == []


@pytest.mark.parametrize(
    ("names", "second", "asks"),
    [
        ([], [], True),
        (["organism/grader"], [], False),
        (["organism/grader"], ["organism/grader"], False),
        (["organism/grader"], ["mockllm/grader"], True),
        (["organism/grader", "mockllm/grader"], [], True),
    ],
)
def test_graders_are_made_sure_of_unless_all_of_them_are_organisms(
    names: list[str], second: list[str], asks: bool
) -> None:
    assert (Graders(names, offline=True, self_graded=False, second=second).setup() is not None) is asks


def test_a_log_says_who_judged_and_nothing_where_that_was_not_known_yet() -> None:
    unknown = Graders([], offline=False, self_graded=False).metadata()
    assert unknown == {"grader": None, "grader_offline": None, "grader_is_subject": None}
    both = Graders(["a"], offline=False, self_graded=True, second=["b"])
    assert both.metadata() == {
        "grader": ["a"],
        "grader_offline": False,
        "grader_is_subject": True,
        "second_grader": ["b"],
    }
    assert "second_grader" not in Graders(["a"], offline=True, self_graded=False).metadata()
