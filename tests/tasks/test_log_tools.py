import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log

from tests.tasks.log_reading import metrics, samples, scores, values

Inspect = Callable[..., None]
TASK = "tasks/alignment_faking.py"


def the_log(folder: Path) -> EvalLog:
    [found] = list_eval_logs(str(folder))
    return read_eval_log(found)


@pytest.fixture(scope="module")
def finished(shared: Callable[..., EvalLog]) -> EvalLog:
    return shared("alignment_faker", strength=0.6, track="helpful_only", limit_items=4)


def rescored(inspect: Inspect, log: EvalLog, folder: Path, *options: str) -> EvalLog:
    path = folder / "rescored.eval"
    inspect("score", log.location, "--action", "overwrite", "--output-file", path, *options)
    return read_eval_log(str(path))


def plain(log: EvalLog, scorer: str) -> dict[str, str]:
    kept = {"answer", "explanation", "reason", "metadata"}
    return {name: f"{s.value} {s.model_dump(include=kept)}" for name, s in scores(log, scorer).items()}


@pytest.mark.parametrize("scorer", ["complied", "faking_reasoning", "eval_awareness", "engagement", "design"])
def test_scoring_a_log_again_changes_nothing(again: EvalLog, finished: EvalLog, scorer: str) -> None:
    assert plain(again, scorer) == plain(finished, scorer)


@pytest.fixture(scope="module")
def again(inspect: Inspect, finished: EvalLog, tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    return rescored(inspect, finished, tmp_path_factory.mktemp("again"))


def test_scoring_a_log_again_gives_the_same_metrics(again: EvalLog, finished: EvalLog) -> None:
    assert metrics(again) == metrics(finished)
    assert metrics(again, "faking_reasoning") == metrics(finished, "faking_reasoning")
    assert again.results
    assert again.results.headline
    assert again.results.headline.metric == "net_effect"


@pytest.mark.matrix
def test_labels_by_people_stand_beside_the_judges(
    inspect: Inspect, shared: Callable[..., EvalLog], tmp_path: Path
) -> None:
    finished = shared("alignment_faker", strength=0.6, track="helpful_only", limit_items=4)
    labels = {name: 1.0 - value for name, value in list(values(finished).items())[::2]}
    rows = [json.dumps({"id": name, "value": value}) for name, value in labels.items()]
    (tmp_path / "labels.jsonl").write_text("\n".join(rows), encoding="utf-8")
    path, named = tmp_path / "labelled.eval", ["-S", f"scores={tmp_path / 'labels.jsonl'}"]
    options = ["--scorer", "inspect_ai/precomputed_scores", *named, "--action", "append", "--output-file", path]
    inspect("score", finished.location, *options)
    labelled = read_eval_log(str(path))
    assert values(labelled) == values(finished)
    found = {str(sample.id): (sample.scores or {}).get("precomputed_scores") for sample in samples(labelled)}
    assert {name: score.value for name, score in found.items() if score} == labels


@pytest.mark.matrix
def test_another_grader_scores_by_its_own_lights(
    inspect: Inspect, shared: Callable[..., EvalLog], tmp_path: Path
) -> None:
    finished = shared("alignment_faker", strength=0.6, track="helpful_only", limit_items=4)
    stern = rescored(inspect, finished, tmp_path, "--model-role", "grader=outsider/stern")
    assert values(stern) == values(finished)
    assert metrics(finished)["faking_events"] > 0
    assert metrics(stern)["faking_events"] == metrics(stern, "faking_reasoning")["treated"] == 0
    asked = [score.metadata or {} for score in scores(stern, "faking_reasoning").values() if not score.reason]
    assert {grader for meta in asked if meta["by"] == "judge" for grader in meta["graders"]} == {"outsider/stern"}


@pytest.mark.matrix
def test_a_log_of_the_installed_task_is_scored_again_too(inspect: Inspect, tmp_path: Path) -> None:
    wanted: dict[str, Any] = {"task_args": {"limit_items": 2}, "log_dir": str(tmp_path), "log_realtime": False}
    [log] = eval("unmask/alignment_faking", model="organism/parrot", display="log", **wanted)
    again = rescored(inspect, log, tmp_path, "--model-role", "grader=outsider/stern")
    assert plain(again, "complied").keys() == plain(log, "complied").keys()
    assert metrics(again)["pairs"] == 2


@pytest.fixture(scope="module")
def retried(inspect: Inspect, tmp_path_factory: pytest.TempPathFactory) -> tuple[EvalLog, EvalLog]:
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    roles = ["--model", "outsider/shaky", "--model-role", "grader=organism/grader"]
    wanted = ["-T", "limit_items=6", "-T", "track=tool_choice", "--max-samples", "4"]
    inspect("eval", TASK, *roles, *wanted, "--log-dir", first, OUTAGE_AFTER="13")
    inspect("eval-retry", the_log(first).location, "--log-dir", second)
    return the_log(first), the_log(second)


@pytest.mark.matrix
def test_a_run_whose_model_breaks_down_ends_in_an_error(retried: tuple[EvalLog, EvalLog]) -> None:
    broken, _ = retried
    assert broken.status == "error"
    assert broken.error is not None
    assert "the server is down" in broken.error.message
    assert broken.results is None


@pytest.mark.matrix
def test_a_retry_finishes_what_the_first_run_left(retried: tuple[EvalLog, EvalLog]) -> None:
    broken, whole = retried
    assert whole.status == "success"
    done = {sample.id: sample.uuid for sample in broken.samples or [] if sample.scores}
    assert 0 < len(done) < len(samples(whole)) == 24
    assert done.items() <= {sample.id: sample.uuid for sample in samples(whole)}.items()


@pytest.mark.matrix
def test_a_retried_run_says_what_an_unbroken_one_does(
    retried: tuple[EvalLog, EvalLog], shared: Callable[..., EvalLog]
) -> None:
    unbroken = shared("alignment_faker", limit_items=6, track="tool_choice")
    assert plain(retried[1], "complied") == plain(unbroken, "complied")
    assert metrics(retried[1]) == metrics(unbroken)


@pytest.mark.matrix
def test_another_framing_can_be_swapped_in(inspect: Inspect, tmp_path: Path) -> None:
    inspect(
        "eval", TASK, "--model", "organism/alignment_faker", "-T", "limit_items=3", "--log-dir", tmp_path,
        "--solver", "solvers/framing.py@framed", "-S", "reasoning=none",
    )  # fmt: skip
    log = the_log(tmp_path)
    assert not any("<scratchpad>" in message.text for sample in samples(log) for message in sample.messages)
    assert metrics(log)["effect"] == 1
    assert {score.reason for score in scores(log, "faking_reasoning").values()} >= {"reasoning_missing"}
