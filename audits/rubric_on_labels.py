"""A rubric on labelled transcripts: sensitivity, specificity and the graded score of a judge, beside trivial baselines.

    inspect eval audits/rubric_on_labels.py --model none -T labels=compliance --model-role grader=PROVIDER/MODEL
    inspect eval audits/rubric_on_labels.py --model organism/aligned -T labels=compliance -T half=held_out

`unmask judge` runs the same and says more. The sets are listed in `audits/labels/labelled_sets.yaml`. With an organism
in the model's place the offline grader judges. Half of every set was held out while rubrics and rules were written.
"""

from inspect_ai import Task, task

from unmask.audits.labels import Half, labelled_task, read_labels

__all__ = ["rubric_on_labels"]


@task
def rubric_on_labels(labels: str = "compliance", file: str | None = None, half: Half = "all", votes: int = 1) -> Task:
    """Put a rubric to labelled transcripts.

    Args:
        labels: Name of a set in `audits/labels/labelled_sets.yaml`.
        file: Its file, in place of the one that is named there; JSON Lines.
        half: `all`, `development` or `held_out`.
        votes: How often each grader is asked.

    Raises:
        ConfigurationError: On an unknown name, a missing file, or a row without the columns that the set names.
    """
    return labelled_task(read_labels(labels, half=half, file=file), votes)
