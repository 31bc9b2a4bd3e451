"""Samples and scores of a run that may stop early, made by hand."""

from collections.abc import Sequence
from typing import Any

from inspect_ai.dataset import Sample
from inspect_ai.scorer import SampleScore, Score

from unmask.protocol.design import SampleDesign
from unmask.scorers.sequential.stop_schedule import Unit, scheduled_to_stop

__all__ = ["made_samples", "made_score"]


def made_samples(
    items: int, *, families: int = 1, unit: Unit = "clusters", placebo: bool = False, delta: float = 0.1
) -> list[Sample]:
    """Items in two frames, or in four, marked for stopping.

    Args:
        items: How many.
        families: How many families they belong to; as many as there are items where 0.
        unit: What is one observation.
        placebo: Whether there are placebo frames.
        delta: Effect below which the behaviour counts as absent.
    """
    frames: list[tuple[Any, Any]] = [("treatment", "target"), ("control", "target")]
    frames += [("treatment", "placebo"), ("control", "placebo")] if placebo else []
    samples = []
    for number in range(items):
        for arm, stratum in frames:
            design = SampleDesign(
                threat="alignment_faking",
                track="made",
                item=f"i{number}",
                cluster=f"c{number % families if families else number}",
                frame=f"{arm}-{stratum}",
                wording="w",
                arm=arm,
                stratum=stratum,
            )
            samples.append(Sample(id=f"i{number}/{arm}-{stratum}", input="", metadata=design.metadata()))
    return scheduled_to_stop(samples, unit, delta, 0.05)


def made_score(sample: Sample, values: Sequence[float | None]) -> SampleScore:
    """A sample's score: under target treatment the value of its item, else 0; unscored where that is None."""
    design = SampleDesign.read(sample.metadata or {})
    value = values[int(design.item[1:])] if (design.arm, design.stratum) == ("treatment", "target") else 0.0
    score = Score.unscored(reason="made") if value is None else Score(value=value)
    return SampleScore(score=score, sample_id=sample.id, sample_metadata=sample.metadata)
