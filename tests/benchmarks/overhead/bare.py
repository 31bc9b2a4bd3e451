"""A bare Inspect task of the shape of ours: the same messages to the same models, as many scorers, nothing else."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessage, ChatMessageSystem, ChatMessageUser, get_model
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer
from inspect_ai.solver import Generate, Solver, TaskState, solver


@solver
def _answers() -> Solver:
    """Put to the model what ours puts to it, and keep the last answer."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        for messages in state.metadata["again"]:
            await get_model().generate(_messages(messages))
        return await generate(state)

    return solve


def trivial(name: str) -> Scorer:
    """A scorer that looks at nothing.

    Args:
        name: Its name.
    """

    @scorer(metrics=[mean()], name=name)
    def build() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score:
            return Score(value=1.0, explanation="trivial")

        return score

    return build()


def _asking(grader: str) -> Scorer:
    """Trivial, but for the calls: it puts to a grader what ours puts to it, and takes no notice of the answer."""

    @scorer(metrics=[mean()], name="asking")
    def build() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score:
            for messages in state.metadata["asked"]:
                await get_model(grader).generate(_messages(messages))
            return Score(value=1.0, explanation="trivial")

        return score

    return build()


def _messages(told: list[list[str]]) -> list[ChatMessage]:
    kinds = {"system": ChatMessageSystem, "user": ChatMessageUser}
    return [kinds[role](content=content) for role, content in told]


def _samples(path: Path) -> Iterator[Sample]:
    with path.open(encoding="utf-8") as file:
        for row in map(json.loads, file):
            told: dict[str, Any] = {"again": row["subject"][:-1], "asked": row["grader"]}
            yield Sample(id=row["id"], input=_messages(row["subject"][-1]), metadata=told)


@task
def bare() -> Task:
    """Samples are those of the file that `BARE_SAMPLES` names; `BARE_SCORERS` says how many scorers there are."""
    count = int(os.environ["BARE_SCORERS"])
    return Task(
        dataset=MemoryDataset(list(_samples(Path(os.environ["BARE_SAMPLES"])))),
        solver=_answers(),
        scorer=[_asking("organism/grader"), *(trivial(f"trivial_{n}") for n in range(count - 1))],
    )
