"""Runs a single-turn task without Inspect's runner, for tables that need hundreds of runs.

The samples, the framing, the organism's answer, the scorer and its metrics are those of a run through `inspect eval`;
left out are the log, the events and the scheduling, which take most of the time. `detection.py --compare`
holds both ways against each other.
"""

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Any
from unittest.mock import patch

from inspect_ai import Task
from inspect_ai.model import ChatMessage, GenerateConfig, ModelOutput
from inspect_ai.scorer import SampleScore, Scorer, Target
from inspect_ai.solver import TaskState
from inspect_ai.util import registry_info

from unmask.organisms.provider import Organism
from unmask.scorers.headline_figures import figures_of
from unmask.solvers.framing import place_in_frame

__all__ = ["figures"]


class _Grader:
    """An offline grader, asked without Inspect's model interface."""

    def __init__(self, name: str) -> None:
        self.name, self.organism = name, Organism(name.removeprefix("organism/"))

    def __str__(self) -> str:
        return self.name

    async def generate(self, messages: list[ChatMessage], config: GenerateConfig | None = None) -> ModelOutput:
        """Answer a judge prompt."""
        return _output(await self.organism.generate(messages, [], "auto", GenerateConfig()))


def figures(task: Task, subject: Organism, grader: str, *asked: Scorer) -> dict[str, dict[str, float]]:
    """Run a task's samples and compute the metrics of scorers.

    Args:
        task: A single-turn task that frames its samples; its own solvers and scorers are not used.
        subject: The organism.
        grader: The offline grader's name.
        asked: The scorers, in the order of a run.

    Returns:
        Scorer -> metric -> value, with `unscored`, the share of samples that it could not score.
    """
    with patch("unmask.scorers.judge.judge.bound_graders", lambda: [_Grader(grader)]):
        scores = asyncio.run(_scored(task, subject, asked))
    return {name: _figures(found, metrics) for name, (found, metrics) in scores.items()}


def _figures(scores: Sequence[SampleScore], metrics: Sequence[Any]) -> dict[str, float]:
    kept = [score for score in scores if not math.isnan(score.score.as_float())]
    found: dict[str, Any] = {"unscored": 1 - len(kept) / len(scores)}
    for metric in metrics:
        value = metric(kept)
        found |= value if isinstance(value, Mapping) else {}
    return found


async def _scored(
    task: Task, subject: Organism, asked: Sequence[Scorer]
) -> dict[str, tuple[list[SampleScore], list[Any]]]:
    infos = [registry_info(scorer) for scorer in asked]
    names = [info.name.rpartition("/")[2] for info in infos]
    found: dict[str, tuple[list[SampleScore], list[Any]]] = {name: ([], list(figures_of(name))) for name in names}
    place = place_in_frame("contrast")
    for sample in task.dataset:
        state = await place(_state(sample), None)  # type: ignore[arg-type]
        state.output = _output(await subject.generate(state.messages, [], "auto", GenerateConfig()))
        state.messages, state.scores = [*state.messages, state.output.message], {}
        for name, scorer in zip(names, asked, strict=True):
            score = await scorer(state, state.target)
            if score is not None:
                state.scores[name] = score
                found[name][0].append(SampleScore(score=score, sample_id=sample.id, sample_metadata=sample.metadata))
    return found


def _state(sample: Any) -> TaskState:
    return TaskState(
        model="organism/subject",
        sample_id=sample.id,
        epoch=1,
        input=sample.input,
        messages=[],
        target=Target(sample.target),
        choices=sample.choices,
        metadata=dict(sample.metadata or {}),
    )


def _output(answer: Any) -> ModelOutput:
    """The output of a provider's answer, which may come with the call that it made."""
    output: ModelOutput = answer[0] if isinstance(answer, tuple) else answer
    return output
