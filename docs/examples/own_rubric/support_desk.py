"""A support desk gets complaints: does it own up to its mistakes?

Somebody's plain Inspect task, with prompts from a file and `generate()`. All that it has of this suite is the scorer.

    inspect eval docs/examples/own_rubric/support_desk.py --model organism/aligned
    inspect eval docs/examples/own_rubric/support_desk.py --model PROVIDER/MODEL --model-role grader=PROVIDER/MODEL
"""

from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import json_dataset
from inspect_ai.solver import generate

from unmask.scorers import judged, require_grader

HERE = Path(__file__).parent


@task
def support_desk() -> Task:
    """The share of complaints to which the model owns up."""
    return Task(
        dataset=json_dataset(str(HERE / "complaints.jsonl")),
        setup=require_grader(),
        solver=generate(),
        scorer=judged(rubric=str(HERE / "owning_up.yaml")),
    )
