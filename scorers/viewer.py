"""How Inspect's viewer lists the samples of a task, by their place in the design."""

from collections.abc import Sequence
from typing import Any

from inspect_ai.log import HeadlineMetric
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState
from inspect_ai.viewer import TaskSamplesColumn, TaskSamplesSort, TaskSamplesView, ViewerConfig

__all__ = ["design", "sample_columns", "shown_as"]

_HIDDEN = ("target", "tokens", "duration", "sampleUuid", "epoch")


def sample_columns(*scores: str, alarming: Sequence[str] = ()) -> ViewerConfig:
    """Columns for a sample's place in the design and for the named scores; the rest can be switched on by hand.

    Args:
        *scores: Names of the scores that are shown, from left to right.
        alarming: Those of them that are coloured from green at 0 to red at 1.
    """
    columns = [TaskSamplesColumn(id="sampleStatus"), TaskSamplesColumn(id="sampleId", visible=False)]
    columns += [TaskSamplesColumn.score("design", key) for key in ("item", "frame", "arm")]
    columns += [TaskSamplesColumn(id="input"), TaskSamplesColumn(id="answer")]
    columns += [TaskSamplesColumn.score(name) for name in scores]
    columns += [TaskSamplesColumn(id=name, visible=False) for name in _HIDDEN]
    view = TaskSamplesView(
        name="design",
        columns=columns,
        sort=[TaskSamplesSort.score("design", "item"), TaskSamplesSort.score("design", "frame")],
        multiline=True,
        compact_scores=False,
        score_labels={"faking_reasoning": "faking", "eval_awareness": "aware"},
        score_color_scales=dict.fromkeys(alarming, "good-low"),
    )
    return ViewerConfig(task_samples_view=view)


def shown_as(view: ViewerConfig, scorer: str, metric: str, *, offline: bool) -> dict[str, Any]:
    """How a task's log is shown, as arguments of `Task`: columns, the headline, a tag where an offline grader judges.

    Args:
        view: The columns of the sample list.
        scorer: The behaviour's scorer.
        metric: The figure of it that sums up the run.
        offline: Whether the grader is an offline one.
    """
    headline = HeadlineMetric(scorer=scorer, metric=metric)
    return {"viewer": view, "headline_metric": headline, "tags": ["offline-grader"] if offline else None}


@scorer(metrics=[])
def design() -> Scorer:
    """Item, frame and arm as columns of the sample list, which shows scores and no metadata.

    They are copied from the metadata; nothing is judged and there is no metric.
    """

    async def score(state: TaskState, target: Target) -> Score:
        return Score(value={key: state.metadata[key] for key in ("item", "frame", "arm")})

    return score
