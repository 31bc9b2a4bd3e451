"""Where a sample stands in the design."""

from collections.abc import Callable

from inspect_ai.log import EvalSample

from unmask.scorers import design


def test_a_samples_place_is_shown_as_it_stands_in_the_metadata(scored: Callable[..., EvalSample]) -> None:
    score = (scored("Done.", design(), item="i", frame="free", arm="treatment").scores or {})["design"]
    assert score.value == {"item": "i", "frame": "free", "arm": "treatment"}
