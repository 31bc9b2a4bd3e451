"""How far graders agree with each other, where a question was put to several or more than once."""

from typing import Any

from inspect_ai.scorer import Metric, SampleScore, Score, Value, krippendorff_alpha, metric

__all__ = ["vote_agreement"]


@metric(scores="unreduced")
def vote_agreement() -> Metric:
    """Krippendorff's alpha of the votes on every sample, by Inspect's own metric.

    Key: `votes_alpha`; nothing where no sample has two votes with a value.
    """

    def compute(scores: list[SampleScore]) -> Value:
        cast = [
            [float(value) for value in (one.score.metadata or {}).get("values", []) if value is not None]
            for one in scores
        ]
        several = [SampleScore(score=Score(value=values)) for values in cast if len(values) > 1]
        found: Value = {}
        if several:
            alpha: Any = krippendorff_alpha()  # its declared type is that of metrics before scores had samples
            found = {"votes_alpha": float(alpha(several))}
        return found

    return compute
