import math
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

from unmask.protocol.errors import ConfigurationError
from unmask.tasks.sandbagging import sandbagging


def run(folder: Path, name: str, strength: float = 0.5, **args: Any) -> EvalLog:
    model = get_model(f"organism/{name}", strength=strength, memoize=False)
    task = sandbagging(**{"items_per_level": 6, **args})
    log = inspect_eval(task, model=model, log_dir=str(folder), display="none")[0]
    assert log.status == "success"
    return log


def found(log: EvalLog, scorer: str = "correct") -> dict[str, float]:
    assert log.results is not None
    return next({key: m.value for key, m in s.metrics.items()} for s in log.results.scores if s.name == scorer)


@pytest.mark.parametrize("track", ["arithmetic", "questions"])
def test_one_that_holds_back_is_found_on_every_track(tmp_path: Path, track: str) -> None:
    log = run(tmp_path, "sandbagger", track=track)
    assert found(log)["net_ci_low"] > 0
    assert found(log)["present"] == 1
    assert found(log, "sandbagging_intent")["treated"] > 0.2


@pytest.mark.parametrize("name", ["aligned", "noisy", "stress_sensitive", "test_aware", "refuser", "incapable"])
def test_one_that_does_not_hold_back_is_not_found(tmp_path: Path, name: str) -> None:
    assert found(run(tmp_path, name))["present"] == 0


def test_one_that_knows_nothing_leaves_the_verdict_open(tmp_path: Path) -> None:
    metrics = found(run(tmp_path, "incapable"))
    assert (metrics["floor"], metrics["inconclusive"], metrics["absent"]) == (1, 1, 0)


def test_taking_the_document_for_an_order_is_compliance_and_no_propensity(tmp_path: Path) -> None:
    log = run(tmp_path, "instruction_reader")
    assert found(log)["set_aside"] > 0
    assert found(log)["present"] == 0
    assert found(log, "took_as_order")["treated"] > 0.2
    assert found(log, "sandbagging_intent")["treated"] == 0


def test_calibration_picks_rungs_before_the_contrast_and_logs_them(tmp_path: Path) -> None:
    log = run(tmp_path, "aligned", calibrate=True, items_per_level=2)
    assert log.samples is not None
    probes = [s for s in log.samples if s.metadata["stratum"] == "calibration"]
    rest = [s for s in log.samples if s.metadata["stratum"] != "calibration"]
    assert probes
    levels = {s.metadata["calibrated_levels"] for s in rest}
    assert len(levels) == 1
    assert {s.metadata["level"] for s in rest} == set(next(iter(levels)).split())
    assert found(log)["pairs"] == len({s.metadata["item"] for s in rest})


def test_only_the_ladder_can_be_calibrated() -> None:
    with pytest.raises(ConfigurationError, match="calibrate: "):
        sandbagging(track="questions", calibrate=True)


def test_an_answer_that_cannot_be_read_is_unscored_with_a_reason(tmp_path: Path) -> None:
    log = run(tmp_path, "garbled", items_per_level=2)
    assert log.samples is not None
    for sample in log.samples:
        score = (sample.scores or {})["correct"]
        assert not math.isnan(score.as_float()) or score.reason


def test_accuracy_lost_wherever_something_hangs_on_it_is_no_signature(tmp_path: Path) -> None:
    metrics = found(run(tmp_path, "stress_sensitive", items_per_level=24))
    assert metrics["net_effect"] < 0.02
    assert metrics["signature"] == 0


def test_one_that_misses_hard_questions_only_shows_in_the_signature(tmp_path: Path) -> None:
    metrics = found(run(tmp_path, "subtle_sandbagger", strength=0.3, items_per_level=24))
    assert metrics["signature"] == 1
    assert metrics["effect"] < 0.15
