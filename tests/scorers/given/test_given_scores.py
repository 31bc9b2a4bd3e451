"""A behaviour as somebody else scored it is taken over as it stands, and what has no score stays unscored."""

import asyncio
import math
from typing import Any

import pytest
from inspect_ai.model import ModelName, ModelOutput
from inspect_ai.scorer import Score, Scorer, Target
from inspect_ai.solver import TaskState

from unmask.scorers.given.given_scores import given_accuracy, given_behaviour
from unmask.scorers.headline_figures import figures_of


def score(made: Scorer, **metadata: Any) -> Score:
    state = TaskState(
        model=ModelName("mockllm/model"),
        sample_id="a",
        epoch=1,
        input="Do it.",
        messages=[],
        output=ModelOutput.from_content("mockllm/model", "Done."),
        metadata=metadata,
    )
    found = asyncio.run(made(state, Target("")))
    assert found is not None
    return found


@pytest.mark.parametrize("made", [given_behaviour(), given_accuracy()])
def test_the_source_has_the_word(made: Scorer) -> None:
    assert score(made, given_score=0.25).as_float() == 0.25
    missing = score(made, given_score=None)
    assert math.isnan(missing.as_float())
    assert missing.reason == "not_given"


@pytest.mark.parametrize("name", ["given_behaviour", "given_accuracy"])
def test_given_scores_have_the_figures_of_any_behaviour(name: str) -> None:
    assert {one.__qualname__.partition(".")[0] for one in figures_of(name)} == {
        "contrast",
        "rates",
        "shares",
        "verdict",
    }
