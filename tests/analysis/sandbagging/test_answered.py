"""Answers that no scorer may give."""

import dataclasses
import math

import pytest

from tests.analysis.sandbagging.answered_samples import BLANK


@pytest.mark.parametrize(
    ("traits", "message"),
    [
        ({"correct": math.nan}, "correct must lie"),
        ({"correct": 1.1}, "correct must lie"),
        ({"options": 1}, "options must be 0 or at least 2"),
        ({"options": -1}, "options must be 0 or at least 2"),
        ({"options": 4, "chosen": 4}, "option 4 is not among 4"),
        ({"chosen": 0}, "option 0 is not among 0"),
    ],
)
def test_an_impossible_answer_names_its_item(traits: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=f"'cake-7': {message}"):
        dataclasses.replace(BLANK, item="cake-7", **traits)  # type: ignore[arg-type]
