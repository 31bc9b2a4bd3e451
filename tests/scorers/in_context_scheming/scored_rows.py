"""Scores of scheming runs, laid out by hand."""

from typing import Any

from inspect_ai.scorer import Metric, SampleScore, Score

from tests.scorers.designs import PLAIN

__all__ = ["computed", "row"]

NOTED = ("class", "opportunity", "outcome", "aware", "reasoned", "no_reasoning")


def row(item: int, arm: str, value: float, family: str = "covert_actions", **meta: Any) -> SampleScore:
    place = {
        "item": f"s{item}",
        "cluster": family,
        "wording": "plain",
        "arm": arm,
        "stratum": "target",
        "compared": True,
    }
    frame = {"frame": "conflict" if arm == "treatment" else "matched"}
    noted = {key: meta.pop(key) for key in NOTED if key in meta}
    return SampleScore(score=Score(value=value, metadata=noted), sample_metadata={**PLAIN, **place, **frame, **meta})


def computed(made: Metric, scores: list[SampleScore]) -> dict[str, float]:
    value = made(scores)  # type: ignore[call-arg, arg-type]
    assert isinstance(value, dict)
    return value  # type: ignore[return-value]
