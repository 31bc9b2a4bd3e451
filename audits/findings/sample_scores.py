"""What figures and a finding rest on of a sample, without all else that its summary holds."""

from dataclasses import dataclass
from typing import Any

from inspect_ai.log import EvalError, EvalSample, EvalSampleSummary
from inspect_ai.scorer import Score

__all__ = ["SampleScores", "place_in_log"]


@dataclass(frozen=True, slots=True)
class SampleScores:
    """A sample's scores. Inspect holds them too while a run goes on, so that keeping them takes little memory."""

    id: int | str
    epoch: int
    metadata: dict[str, Any]
    """The sample's own."""

    scores: dict[str, Score] | None
    error: EvalError | None


def place_in_log(sample: EvalSample | EvalSampleSummary | SampleScores) -> tuple[int, str]:
    """A sample's place in a log that is read whole; samples end in an order that differs from run to run.

    Args:
        sample: Which.
    """
    return sample.epoch, str(sample.id)
