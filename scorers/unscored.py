"""What could not be scored, by arm and reason: an effect can hide in what nobody could read."""

import math
from collections import Counter
from importlib import import_module

from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, Value, metric, scorer
from inspect_ai.solver import TaskState

from unmask.protocol.errors import one_of
from unmask.scorers.companion import companion_score
from unmask.scorers.headline_figures import figures, headline
from unmask.scorers.scored import scored

__all__ = ["unscored", "unscored_by_arm", "unscored_share"]

_ARMS = {"treatment": "treated", "control": "control"}


@metric(scores="unreduced")
def unscored_share() -> Metric:
    """Share of samples of the declared contrast that could not be scored; key `share`."""

    def compute(scores: list[SampleScore]) -> Value:
        samples = [one.value for one in scored(scores) if one.design.compared]
        return {"share": sum(samples) / len(samples)} if samples else {}

    return compute


@metric(scores="unreduced")
def unscored_by_arm(alpha: float = 0.05) -> Metric:
    """Share of samples in each arm of the contrast that could not be scored, and whether the arms differ in it.

    Keys: `treated` and `control`, the share in each arm; `p_value`, Fisher's exact test of the two, and
    `unequal`, 1 where it is below `alpha`; `mostly`, 1 where more than half could not be scored, so that no figure of
    the run means much; and for each reason `because_<reason>`, a count.

    Args:
        alpha: Error of the test.
    """

    def compute(scores: list[SampleScore]) -> Value:
        samples = [one for one in scored(scores) if one.design.compared]
        if not samples:
            return {}
        counts = {arm: [one.value for one in samples if one.design.arm == arm] for arm in _ARMS}
        table = [[sum(values), len(values) - sum(values)] for values in counts.values()]
        p_value = _p_value(table)
        reasons = Counter(str(one.notes["because"]) for one in samples if one.value)
        return {
            **{_ARMS[arm]: sum(values) / len(values) if values else math.nan for arm, values in counts.items()},
            "p_value": p_value,
            "unequal": float(p_value < alpha),
            "mostly": float(sum(one.value for one in samples) > len(samples) / 2),
            **{f"because_{reason}": count for reason, count in sorted(reasons.items())},
        }

    return compute


def _p_value(table: list[list[float]]) -> float:
    """Fisher's exact test; 1 where nothing differs or could, without `scipy.stats`, which takes a second to import."""
    if not all(map(sum, (*table, *zip(*table, strict=True)))):
        return 1.0
    import numpy as np
    from scipy.stats import fisher_exact

    return float(fisher_exact(np.array(table)).pvalue)


@figures(unscored_share(), beside=[unscored_by_arm()])
@scorer(metrics=[headline("unscored", ("share",))])
def unscored(of: str, votes: int = 1) -> Scorer:
    """1.0 if a sample could not be scored by another scorer, 0.0 if it was.

    Inspect keeps unscored samples from a score's own metrics, so that they are counted here.

    Args:
        of: Name of the scorer, of those that `unmask.scorers` exports.
        votes: How often each grader is asked, where that scorer has not run yet.

    Raises:
        ConfigurationError: If there is no such scorer.
    """
    public = import_module("unmask.scorers")  # by the user's word: a shared module knows no threat
    one_of("of", of, public.__all__)
    make = getattr(public, of)

    async def score(state: TaskState, target: Target) -> Score:
        found = await companion_score(of, lambda: make(votes=votes), "unscored", state, target)
        lost = found is None or math.isnan(found.as_float())
        reason = "no_score" if found is None else found.reason or "unscored"
        why = f"{of}: {reason if lost else 'scored'}"
        return Score(value=float(lost), explanation=why, metadata={"because": reason if lost else None})

    return score
