"""How Inspect's viewer lists the samples of a task."""

from inspect_ai.viewer import TaskSamplesColumn, TaskSamplesSort, TaskSamplesView, ViewerConfig

__all__ = ["sample_columns"]

_HIDDEN = ("input", "target", "tokens", "duration", "sampleUuid", "epoch")


def sample_columns(*scores: str) -> ViewerConfig:
    """Columns for a sample's place in the design and for the named scores; the rest can be switched on by hand."""
    columns = [TaskSamplesColumn(id="sampleStatus"), TaskSamplesColumn(id="sampleId", visible=False)]
    columns += [TaskSamplesColumn.score("place", key) for key in ("item", "frame", "arm", "wording")]
    columns += [TaskSamplesColumn(id="answer")]
    columns += [TaskSamplesColumn.score(name) for name in scores]
    columns += [TaskSamplesColumn(id=name, visible=False) for name in _HIDDEN]
    view = TaskSamplesView(
        name="design",
        columns=columns,
        sort=[TaskSamplesSort.score("place", "item"), TaskSamplesSort.score("place", "frame")],
        score_color_scales=dict.fromkeys(scores, "good-low"),
    )
    return ViewerConfig(task_samples_view=view)
