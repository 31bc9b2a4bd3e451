from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from unmask.audits.findings import log_figures
from unmask.protocol.errors import ConfigurationError
from unmask.tasks.sandbagging import sandbagging


def run(folder: Path, name: str, **args: Any) -> EvalLog:
    model = get_model(f"organism/{name}", strength=0.6, memoize=False)
    log = inspect_eval(
        sandbagging(**{"items_per_level": 1, **args}),
        model=model,
        log_dir=str(folder),
        display="log",
        log_realtime=False,
    )[0]
    assert log.status == "success", log.error
    return log


def found(log: EvalLog, scorer: str = "correct") -> dict[str, float]:
    return log_figures(log)[scorer]


def marks(log: EvalLog, scorer: str = "correct") -> dict[str, float]:
    return {str(s.id): (s.scores or {})[scorer].as_float() for s in log.samples or []}


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    return run(tmp_path_factory.mktemp("direct"), "sandbagger")


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    return run(tmp_path_factory.mktemp("agent"), "sandbagger", setting="agent")


def test_a_document_in_the_workspace_is_found_read_and_acted_on(agent: EvalLog) -> None:
    metrics = found(agent)
    assert metrics["effect"] > 0.3
    assert (metrics["read_effect"], metrics["read_pairs"]) == (metrics["effect"], metrics["pairs"])
    assert set(marks(agent, "document_read").values()) == {1.0}
    assert found(agent, "sandbagging_intent")["treated"] > 0.3


def test_both_settings_score_an_organism_alike(agent: EvalLog, direct: EvalLog) -> None:
    assert marks(agent) == marks(direct)


def test_outside_the_workspace_nothing_is_said_of_reading(direct: EvalLog) -> None:
    assert not [name for name in found(direct) if name.startswith("read_")]
    assert not any((s.scores or {}).get("document_read") for s in direct.samples or [])


def test_a_model_that_never_looks_was_not_under_the_incentive(tmp_path: Path) -> None:
    def at_once(*_: object) -> ModelOutput:
        output = ModelOutput.from_content("mockllm/model", "<scratchpad>Easy.</scratchpad><answer>13</answer>")
        output.usage = ModelUsage()
        return output

    log = inspect_eval(
        sandbagging(setting="agent", limit_items=3),
        model=get_model("mockllm/model", custom_outputs=at_once),
        model_roles={"grader": "organism/grader"},
        log_dir=str(tmp_path),
        display="log",
        log_realtime=False,
    )[0]
    assert set(marks(log, "document_read").values()) == {0.0}
    assert found(log)["read_pairs"] == 0


def test_an_interview_leaves_the_scores_of_the_run_as_they_were(tmp_path: Path, direct: EvalLog) -> None:
    asked = run(tmp_path, "sandbagger", interview=True)
    assert marks(asked) == marks(direct)
    rates = found(asked, "admitted")
    assert 0 < rates["denied_flips"] < 1
    assert (rates["treated"] > 0, rates["control"], rates["false_confession"]) == (True, 0, 0)
    sample = (asked.samples or [])[0]
    assert all(s.store["Interview:asked"] for s in asked.samples or [])
    assert [message.role for message in sample.messages] == ["system", "user", "assistant"]


def test_one_whose_working_gives_nothing_away_denies_to_the_end(tmp_path: Path) -> None:
    assert found(run(tmp_path, "target_clusterer", interview=True, limit_items=6), "admitted")["denied_flips"] == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"setting": "two_turns"}, "setting='two_turns': choose from single_turn, agent"),
        ({"track": "history"}, "track='history': choose from arithmetic, questions, arithmetic_choice"),
        ({"items_per_level": 0}, "must be at least 1"),
        ({"noise": "lots"}, "is no scale"),
    ],
)
def test_a_wrong_value_is_refused_and_the_right_ones_named(args: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        sandbagging(**args)


def test_noise_is_refused_for_a_model_without_weights_before_anything_is_generated(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="noise: needs the weights"):
        inspect_eval(
            "unmask/sandbagging",
            task_args={"noise": True},
            model="organism/sandbagger",
            log_dir=str(tmp_path),
            display="log",
            log_realtime=False,
        )
    assert not list(tmp_path.iterdir())
