"""The note beneath figures that were made offline, and the lengths of error bars."""

import pandas as pd
import pytest
from matplotlib.figure import Figure

from unmask.analysis.figures import OFFLINE, error_bars, mark_offline


@pytest.mark.parametrize(
    ("model", "tags", "is_marked"),
    [("organism/aligned", "", True), ("openai/gpt", "offline", True), ("openai/gpt", "pilot", False)],
)
def test_what_an_organism_answered_or_graded_is_marked(model: str, tags: str, is_marked: bool) -> None:
    table = pd.DataFrame({"model": ["openai/gpt", model], "tags": ["", tags]})
    figure = mark_offline(Figure(layout="constrained"), table)
    assert (OFFLINE in [" ".join(text.get_text().split()) for text in figure.texts]) == is_marked


def test_error_bars_reach_from_the_estimate_to_the_bounds() -> None:
    assert error_bars([(0.5, 0.25, 1.0), (0.0, 0.0, 0.125)]) == [[0.25, 0.0], [0.5, 0.125]]


def test_no_points_have_no_bars() -> None:
    assert error_bars([]) == [[], []]
