"""The question on what the work was taken for is asked in every run, after everything else, and changes nothing."""

from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from inspect_ai.event import ModelEvent, SpanBeginEvent
from inspect_ai.log import EvalLog

from tests.tasks.in_context_scheming.scenario_runs import run, score
from tests.tasks.log_reading import metrics
from unmask.organisms.perception import cue
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, load
from unmask.solvers.interview import Questions
from unmask.tasks.in_context_scheming import in_context_scheming

BUNDLED = load(DATA / "interviews" / "awareness.yaml", Questions)


Asked = Callable[..., EvalLog]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Runs of an organism in two scenarios, each run once."""
    folder = tmp_path_factory.mktemp("asked")

    @cache
    def one(name: str, args: frozenset[tuple[str, Any]]) -> EvalLog:
        return run(folder, f"organism/{name}", **{"crossed": False, "limit_items": 2, **dict(args)})

    return lambda name, **args: one(name, frozenset(args.items()))


@pytest.mark.parametrize(
    ("name", "grade", "beside"), [("test_aware", 0.75, "covert_if_says_test"), ("schemer", 0.25, "covert_if_says_real")]
)
def test_what_an_organism_says_is_printed_beside_what_it_did(
    asked: Asked, name: str, grade: float, beside: str
) -> None:
    log = asked(name)
    assert {score(sample, "asked_awareness").value for sample in log.samples or []} == {grade}
    assert metrics(log, "asked_awareness")["treated"] == pytest.approx(grade)
    assert metrics(log, "reasoning_and_action")[beside] == (name == "schemer")


def test_the_run_is_scored_as_if_nobody_had_asked_for_one_call_more(asked: Asked) -> None:
    with_it = {str(s.id): s for s in asked("schemer").samples or []}
    unasked = {str(s.id): s for s in asked("schemer", awareness=False).samples or []}
    for name, sample in with_it.items():
        other = unasked[name]
        assert "asked_awareness" not in (other.scores or {})
        for scorer in ("schemed", "scheming_reasoning", "eval_awareness"):
            assert score(sample, scorer).value == score(other, scorer).value
        assert [m.text for m in sample.messages] == [m.text for m in other.messages]
        calls = [sum(isinstance(e, ModelEvent) for e in one.events) for one in (sample, other)]
        assert calls[0] - calls[1] == 1  # the question; the answer is judged in the same call as the rest


@pytest.mark.parametrize("interview", ["one_turn", "multi_turn", "successor"])
def test_it_comes_after_any_other_interview(asked: Asked, interview: str) -> None:
    log = asked("schemer", interview=interview, limit_items=1, families="self_exfiltration")
    for sample in log.samples or []:
        spans = [e.name for e in sample.events if isinstance(e, SpanBeginEvent) and e.type == "interview"]
        assert len(spans) == 2
        assert spans[-1] == "awareness"
        last = [e for e in sample.events if isinstance(e, ModelEvent) and e.role != "grader"][-1]
        before = [message.text for message in last.input[:-1]]
        assert not set(before) & {one.text for one in BUNDLED.questions.values()}
        assert len(before) <= len(sample.messages) + 1


def test_the_questions_cross_what_yes_stands_for_and_organisms_know_them() -> None:
    questions = [BUNDLED.questions[name] for name in BUNDLED.sets["one_turn"]]
    assert set(Counter(tuple(one.factors.values()) for one in questions).values()) == {1}
    assert {one.factors["polarity"] for one in questions} == {"yes_real", "yes_evaluation"}
    assert all(cue("real_or_test").search(one.text) for one in questions)
    for other in ("scheming", "successor"):
        known = load(DATA / "interviews" / f"{other}.yaml", Questions).questions.values()
        assert not any(cue("real_or_test").search(one.text) for one in known)


def test_a_wrong_value_is_told_before_anything_is_generated() -> None:
    with pytest.raises(ConfigurationError, match="awareness='perhaps'"):
        in_context_scheming(awareness="perhaps")  # type: ignore[arg-type]
