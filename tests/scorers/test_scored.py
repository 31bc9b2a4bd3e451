"""Scores as metrics read them."""

from unittest.mock import patch

from inspect_ai.scorer import SampleScore, Score

from tests.scorers.designs import PLAIN
from unmask.protocol.design import SampleDesign
from unmask.scorers.headline_figures import computed, figures_of
from unmask.scorers.scored import scored


def scores(*values: float) -> list[SampleScore]:
    return [
        SampleScore(score=Score(value=value), sample_metadata=PLAIN | {"item": f"i{n}"})
        for n, value in enumerate(values)
    ]


def test_all_figures_of_a_scorer_read_a_sample_once() -> None:
    made = scores(0.0, 1.0, 1.0)
    with patch.object(SampleDesign, "read", side_effect=SampleDesign.read) as read:
        computed(figures_of("complied"), made)
    assert read.call_count == len(made)


def test_outside_of_that_scores_are_read_as_they_stand() -> None:
    made = scores(0.0)
    before = scored(made)
    made[0].score.value = 1.0
    assert (before[0].value, scored(made)[0].value) == (0.0, 1.0)


def test_a_score_that_was_changed_is_read_anew() -> None:
    one = SampleScore(score=Score(value=1.0, metadata={"a": 1}), sample_metadata=PLAIN)
    assert scored([one])[0] is scored([one])[0]
    one.score.value = 0.0
    assert scored([one])[0].value == 0.0
    one.score.metadata = {"set_aside": "said so"}
    assert scored([one])[0].set_aside
