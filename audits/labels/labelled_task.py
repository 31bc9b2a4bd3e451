"""The task that puts a rubric to labelled transcripts: nobody is asked but the judge."""

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.solver import Generate, Solver, TaskState, solver

from unmask.audits.labels.reading import LabelledTranscripts, yes_labels
from unmask.scorers.judge.labelled import agrees_with_label
from unmask.scorers.judge.rubric import rubric

__all__ = ["labelled_task"]


def labelled_task(found: LabelledTranscripts, votes: int = 1) -> Task:
    """Make the task.

    Args:
        found: The transcripts.
        votes: How often each grader is asked.

    Raises:
        ConfigurationError: If the rubric's labels are neither a yes nor a no.
    """
    samples = [
        Sample(
            id=row.id,
            input=row.parts.get("request") or "-",
            metadata={"parts": row.parts, "label": row.label, "arm": row.arm},
        )
        for row in found.rows
    ]
    positive = yes_labels(rubric(found.rubric))
    return Task(
        dataset=MemoryDataset(samples, name=found.name),
        name="rubric_on_labels",
        solver=nothing(),
        scorer=agrees_with_label(found.rubric, positive=positive, keyword=found.keyword, votes=votes),
        metadata={"labels": found.name, "half": found.half, "rubric": found.rubric, "left_out": dict(found.left_out)},
    )


@solver
def nothing() -> Solver:
    """Leave the transcript as it is."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.output = ModelOutput.from_content("none", state.metadata["parts"].get("reply") or "")
        return state

    return solve
