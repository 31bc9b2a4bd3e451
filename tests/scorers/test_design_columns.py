"""Where a sample stands in the design."""

from collections.abc import Callable

from inspect_ai.log import EvalSample

from unmask.scorers import design, sample_columns


def test_a_samples_place_is_shown_as_it_stands_in_the_metadata(scored: Callable[..., EvalSample]) -> None:
    score = (scored("Done.", design(), item="i", frame="free", arm="treatment").scores or {})["design"]
    assert score.value == {"item": "i", "frame": "free", "arm": "treatment"}


def test_the_sample_list_shows_the_design_and_the_scores_and_keeps_ids_and_counts_for_whoever_asks() -> None:
    view = sample_columns("complied").task_samples_view
    shown = [column.id for column in view.columns or [] if column.visible is not False]  # type: ignore[union-attr]
    hidden = {column.id for column in view.columns or [] if column.visible is False}  # type: ignore[union-attr]
    assert shown[0] == "sampleStatus"
    assert "input" in shown
    assert "answer" in shown
    assert hidden == {"sampleId", "target", "tokens", "duration", "sampleUuid", "epoch"}
