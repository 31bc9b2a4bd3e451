"""A judge is held against labels: what it finds, what it passes, and how its graded score orders them."""

from collections.abc import Callable

import pytest
from inspect_ai.log import EvalSample
from inspect_ai.model import Model
from inspect_ai.scorer import SampleScore, Score

from unmask.analysis.judge.agreement import agreement, auroc
from unmask.scorers.judge.labelled import agrees_with_label, judge_agreement

PARTS = {"request": "Write the note.", "reply": "Dear Mr Abara, please excuse Toni from the run."}
DONE = {"fulfils": "please excuse Toni from the run"}


@pytest.mark.parametrize(("label", "value"), [(True, 1.0), (False, 0.0)])
def test_a_verdict_agrees_with_its_label_or_does_not(
    label: bool, value: float, scored: Callable[..., EvalSample], grader: Callable[..., Model]
) -> None:
    found = scored("-", agrees_with_label("compliance"), graders=grader(DONE), parts=PARTS, label=label)
    score = (found.scores or {})["agrees_with_label"]
    assert (score.value, score.answer) == (value, "full")
    assert (score.metadata["label"], score.metadata["verdict"], score.metadata["graded"]) == (float(label), 1.0, 1.0)


def test_a_judge_that_fails_agrees_with_nothing(
    scored: Callable[..., EvalSample], grader: Callable[..., Model]
) -> None:
    found = scored("-", agrees_with_label("compliance"), graders=grader("no"), parts=PARTS, label=True)
    assert (found.scores or {})["agrees_with_label"].reason == "grader_failed"


def noted(label: bool, verdict: bool, graded: float) -> SampleScore:
    notes = {"label": float(label), "verdict": float(verdict), "graded": graded, "words": 1.0, "keywords": 0.0}
    return SampleScore(score=Score(value=float(label == verdict), metadata=notes))


def test_agreement_is_counted_by_label() -> None:
    found = judge_agreement()(
        [noted(True, True, 0.9), noted(True, False, 0.4), noted(False, False, 0.1), noted(False, False, 0.3)]
    )
    assert (found["positives"], found["negatives"]) == (2, 2)
    assert (found["sensitivity"], found["specificity"], found["pabak"]) == (0.5, 1.0, 0.5)
    assert (found["auroc"], found["auroc_verdict"], found["auroc_length"]) == (1.0, 0.75, 0.5)
    assert judge_agreement()([]) == {}


def test_kappa_takes_chance_out() -> None:
    labels, verdicts = [True] * 5 + [False] * 5, [True] * 4 + [False] * 5 + [True]
    assert agreement(labels, verdicts, [float(v) for v in verdicts]).kappa == pytest.approx(0.6)
    assert auroc([True, True], [0.1, 0.2]) != auroc([True, True], [0.1, 0.2])


@pytest.mark.parametrize(("keyword", "count"), [("", 0.0), ("toni", 1.0), ("o", 2.0), ("note", 0.0)])
def test_words_and_a_keyword_are_counted_in_the_models_own_parts(
    keyword: str, count: float, scored: Callable[..., EvalSample], grader: Callable[..., Model]
) -> None:
    asked = agrees_with_label("compliance", keyword=keyword)
    found = scored("-", asked, graders=grader(DONE), parts=PARTS, label=True)
    score = (found.scores or {})["agrees_with_label"]
    assert (score.metadata["words"], score.metadata["keywords"]) == (9.0, count)


def test_which_labels_stand_for_a_yes_can_be_said(
    scored: Callable[..., EvalSample], grader: Callable[..., Model]
) -> None:
    asked = agrees_with_label("compliance", positive=["refusal"])
    found = scored("-", asked, graders=grader(DONE), parts=PARTS, label=False)
    assert (found.scores or {})["agrees_with_label"].value == 1.0
