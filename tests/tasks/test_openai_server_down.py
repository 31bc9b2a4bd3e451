from collections.abc import Callable
from dataclasses import dataclass

import pytest
from inspect_ai.log import EvalLog
from inspect_ai.scorer import Score

from tests.faults.server import FaultyServer, faulty, through

Run = Callable[..., EvalLog]
Key = tuple[str | int, str]


def test_a_wrong_key_ends_in_an_error_and_no_score(run: Run) -> None:
    with faulty(key="right") as server:
        log = run(through(server, "alignment_faker", key="wrong"), through(server, "grader", key="wrong"), limit=1)
    assert server.answered == {("grader", 401): 3}
    _failed(log, "401")


@pytest.mark.matrix
def test_a_server_that_is_down_ends_in_an_error_and_no_score(run: Run) -> None:
    with faulty() as server:
        pass
    subject, grader = (through(server, name, repeats=0) for name in ("alignment_faker", "grader"))
    _failed(run(subject, grader, limit=1), "APIConnectionError")


def test_a_server_that_never_recovers_ends_in_an_error_and_no_score(run: Run) -> None:
    with faulty(down={"alignment_faker": 0}) as server:
        subject, grader = (through(server, name, repeats=1) for name in ("alignment_faker", "grader"))
        log = run(subject, grader, limit=1)
    assert server.answered == {("grader", 200): 1, ("alignment_faker", 500): 2}
    _failed(log, "InternalServerError")


def _failed(log: EvalLog, why: str) -> None:
    assert log.status == "error"
    assert log.error is not None
    assert why in log.error.message
    assert log.results is None
    assert [sample.scores for sample in log.samples or []] == [{}]


@dataclass
class Unanswered:
    """The same samples, judged, and with a grader that goes down as soon as the run has begun."""

    judged: dict[Key, Score]
    failed: dict[Key, Score]
    status: str
    server: FaultyServer


@pytest.fixture(scope="module", params=[("alignment_faker", "helpful_only"), ("garbled", "tool_choice")], ids="-".join)
def unanswered(request: pytest.FixtureRequest, run: Run) -> Unanswered:
    name, track = request.param
    judged = run(f"organism/{name}", track=track, limit_items=3)
    with faulty(down={"grader": 1}) as server:
        failed = run(
            through(server, name, timeout=30), through(server, "grader", repeats=1), track=track, limit_items=3
        )
    return Unanswered(_by_sample(judged), _by_sample(failed), failed.status, server)


def _by_sample(log: EvalLog) -> dict[Key, Score]:
    return {(s.id, name): score for s in log.samples or [] for name, score in (s.scores or {}).items()}


def _asked(score: Score) -> bool:
    return (score.metadata or {}).get("by") == "judge" or score.reason == "no_tool_call"


def test_the_run_goes_on_without_a_grader(unanswered: Unanswered) -> None:
    assert unanswered.status == "success"
    assert unanswered.failed.keys() == unanswered.judged.keys()
    assert unanswered.server.answered["grader", 500] > 0
    assert unanswered.server.answered["grader", 200] == 1


def test_compliance_by_rule_stands_without_a_grader(unanswered: Unanswered) -> None:
    by_rule = {k: s for k, s in unanswered.judged.items() if k[1] == "complied" and not _asked(s)}
    assert any(score.value in {0.0, 1.0} for score in by_rule.values())
    assert {k: (str(s.value), s.reason, s.answer) for k, s in by_rule.items()} == {
        k: (str(s.value), s.reason, s.answer) for k, s in unanswered.failed.items() if k in by_rule
    }


def test_what_a_grader_was_to_answer_is_unscored_and_says_why(unanswered: Unanswered) -> None:
    asked = {key for key, score in unanswered.judged.items() if _asked(score)}
    assert {name for _, name in asked} & {"complied", "faking_reasoning"}
    for key in asked:
        score = unanswered.failed[key]
        assert str(score.value) == "nan"
        assert score.reason in {"grader_failed", "behaviour_unscored"}
        assert score.reason == "behaviour_unscored" or "server_error" in (score.explanation or "")


def test_no_number_comes_from_a_grader_that_failed(unanswered: Unanswered) -> None:
    scored = {key: score for key, score in unanswered.failed.items() if key[1] != "unscored"}
    numbers = {key: score.value for key, score in scored.items() if str(score.value) != "nan"}
    assert numbers == {key: unanswered.judged[key].value for key in numbers}
