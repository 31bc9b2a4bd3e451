"""Runs a single-turn task without Inspect's runner, where hundreds of runs or the organism's behaviour are wanted.

The samples, the framing, the organism's answer, the scorer and its metrics are those of a run through `inspect eval`;
left out are the writing of the log, the events and the scheduling, which take most of the time. `detection.py
--compare` holds both ways against each other.
"""

import asyncio
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

from inspect_ai import Task
from inspect_ai.log import EvalConfig, EvalDataset, EvalLog, EvalMetric, EvalResults, EvalSample, EvalScore, EvalSpec
from inspect_ai.model import ChatMessage, GenerateConfig, ModelOutput
from inspect_ai.scorer import SampleScore, Scorer, Target
from inspect_ai.solver import TaskState
from inspect_ai.tool import ToolDef, ToolInfo
from inspect_ai.util import registry_info

from unmask.organisms.provider import Organism
from unmask.scorers.headline_figures import figures_of
from unmask.solvers.framing import place_in_frame

__all__ = ["direct_log", "figures"]


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
    """Run a task's samples and compute all figures of scorers.

    Args:
        task: A single-turn task that frames its samples; its own solvers and scorers are not used.
        subject: The organism.
        grader: The offline grader's name.
        asked: The scorers, in the order of a run.

    Returns:
        Scorer -> metric -> value, with `unscored`, the share of samples that it could not score.
    """
    states = _played(task, subject, grader, asked)
    return {_name(one): _figures(_scores(states, one), figures_of(_name(one))) for one in asked}


def direct_log(task: Task, subject: Organism, *asked: Scorer, frames: str = "contrast") -> EvalLog:
    """Run a task's samples and put together a log of them, with scores and metrics and without events.

    Args:
        task: A single-turn task that frames its samples; its own solvers and scorers are not used.
        subject: The organism; the offline grader judges.
        asked: The scorers, in the order of a run.
        frames: The set of frames that the task was made with.
    """
    states = _played(task, subject, "organism/grader", asked, frames)
    spec = EvalSpec(
        created=datetime.now(UTC).isoformat(),
        task=task.name,
        dataset=EvalDataset(),
        model=f"organism/{subject.model_name}",
        config=EvalConfig(),
        metadata=task.metadata,
    )
    results = EvalResults(
        scores=[_result(one, _scores(states, one)) for one in asked if registry_info(one).metadata["metrics"]]
    )
    return EvalLog(status="success", eval=spec, results=results, samples=[_sample(state) for state in states])


def _played(
    task: Task, subject: Organism, grader: str, asked: Sequence[Scorer], frames: str = "contrast"
) -> list[TaskState]:
    async def played() -> list[TaskState]:
        place = place_in_frame(frames)
        return [await _scored(await place(_state(sample), None), subject, asked) for sample in task.dataset]  # type: ignore[arg-type]

    with patch("unmask.scorers.judge.judge.bound_graders", lambda: [_Grader(grader)]):
        return asyncio.run(played())


async def _scored(state: TaskState, subject: Organism, asked: Sequence[Scorer]) -> TaskState:
    offered = [ToolInfo(name=tool.name, description=tool.description) for tool in map(ToolDef, state.tools)]
    state.output = _output(await subject.generate(state.messages, offered, "auto", GenerateConfig()))
    state.messages, state.scores = [*state.messages, state.output.message], {}
    for scorer in asked:
        score = await scorer(state, state.target)
        if score is not None:
            state.scores[_name(scorer)] = score
    return state


def _name(scorer: Any) -> str:
    return registry_info(scorer).name.rpartition("/")[2]


def _scores(states: Sequence[TaskState], scorer: Scorer) -> list[SampleScore]:
    return [
        SampleScore(score=state.scores[_name(scorer)], sample_id=state.sample_id, sample_metadata=state.metadata)
        for state in states
        if state.scores and _name(scorer) in state.scores
    ]


def _scored_ones(scores: Sequence[SampleScore]) -> list[SampleScore]:
    return [one for one in scores if isinstance(one.score.value, dict) or not math.isnan(one.score.as_float())]


def _figures(scores: Sequence[SampleScore], metrics: Sequence[Any]) -> dict[str, float]:
    kept = _scored_ones(scores)
    found: dict[str, Any] = {"unscored": 1 - len(kept) / len(scores)}
    for metric in metrics:
        value = metric(kept)
        found |= value if isinstance(value, Mapping) else {}
    return found


def _result(scorer: Scorer, scores: Sequence[SampleScore]) -> EvalScore:
    """A scorer's figures as a log has them: each under the name of the metric that it belongs to."""
    kept, found = _scored_ones(scores), dict[str, EvalMetric]()
    for metric in registry_info(scorer).metadata["metrics"]:
        group, value = (_name(metric), metric(kept)) if kept else (None, math.nan)
        named = value if isinstance(value, Mapping) else {_name(metric): value}
        found |= {key: EvalMetric(name=key, group=group, value=one) for key, one in named.items() if one is not None}
    counts = {"scored_samples": len(kept), "unscored_samples": len(scores) - len(kept)}
    return EvalScore(name=_name(scorer), scorer=_name(scorer), metrics=found, **counts)


def _sample(state: TaskState) -> EvalSample:
    return EvalSample(
        id=state.sample_id,
        epoch=1,
        input=state.input,
        target=list(state.target),
        messages=state.messages,
        output=state.output,
        scores=state.scores,
        metadata=state.metadata,
    )


def _state(sample: Any) -> TaskState:
    return TaskState(
        model="organism/subject",  # type: ignore[arg-type]
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
