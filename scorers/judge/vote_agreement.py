"""How far graders agree with each other, where a question was put to several or more than once."""

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
        return {"votes_alpha": krippendorff_alpha()(several)} if several else {}  # type: ignore[dict-item]

    return compute
