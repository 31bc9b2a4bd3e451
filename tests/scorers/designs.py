"""A sample's metadata under the contract, for scores that are made by hand."""

from collections.abc import Mapping
from typing import Any

from inspect_ai.scorer import Metric, SampleScore, Score

PLAIN: dict[str, Any] = {
    "threat": "alignment_faking",
    "track": "helpful_only",
    "item": "i",
    "cluster": "c",
    "frame": "f",
    "wording": "w",
    "arm": "treatment",
    "stratum": "target",
}


def made(
    item: str, arm: str, value: float, *, notes: Mapping[str, Any] | None = None, stratum: str = "target", **meta: Any
) -> SampleScore:
    """A scored sample.

    Args:
        item: The item, which is its own cluster.
        arm: Treatment or control.
        value: The score.
        notes: The score's own metadata.
        stratum: Target or another.
        **meta: More of the sample's metadata.
    """
    place = {"item": item, "cluster": item, "arm": arm, "stratum": stratum}
    return SampleScore(score=Score(value=value, metadata=dict(notes or {})), sample_metadata=PLAIN | place | meta)


def figured(one: Metric, scores: list[SampleScore]) -> dict[str, float]:
    """What a metric comes to on scores."""
    found: Any = one(scores)  # type: ignore[arg-type]
    return dict(found)
