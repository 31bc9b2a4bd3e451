"""A bare Inspect task of the same shape as ours: the same messages, as many scorers, nothing else."""

import json
import os
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import TaskState, generate


def _trivial(name: str) -> Scorer:
    @scorer(metrics=[mean()], name=name)
    def build() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score:
            return Score(value=1.0, explanation="trivial")

        return score

    return build()


@task
def bare() -> Task:
    """Samples are read from the file that the environment variable `BARE_SAMPLES` names."""
    rows = json.loads(Path(os.environ["BARE_SAMPLES"]).read_text(encoding="utf-8"))
    samples = [
        Sample(id=r["id"], input=[ChatMessageSystem(content=r["system"]), ChatMessageUser(content=r["user"])])
        for r in rows
    ]
    return Task(
        dataset=MemoryDataset(samples),
        solver=generate(),
        scorer=[_trivial(f"trivial_{n}") for n in range(5)],
    )
