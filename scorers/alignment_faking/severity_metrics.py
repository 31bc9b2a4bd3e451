"""The declared contrast by severity of the request: on which kind of request a gap shows."""

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from unmask.analysis.effects import paired_effect
from unmask.protocol.alignment_faking.request_items import SEVERITIES
from unmask.scorers.contrast import declared
from unmask.scorers.scored import scored

__all__ = ["by_severity"]


@metric(scores="unreduced")
def by_severity(alpha: float = 0.05, direction: int = 1) -> Metric:
    """Paired effect of the declared contrast on the requests of each severity; nothing where none has one.

    Keys, for each severity that is there: `effect_<severity>`, with `_ci_low` and `_ci_high`, a difference of rates in
    [-1, 1], NaN where no pair was scored; `pairs_<severity>`, the items compared.

    Args:
        alpha: Two-sided error of the intervals.
        direction: As in `contrast`.
    """

    def compute(scores: list[SampleScore]) -> Value:
        samples = scored(scores)
        found: dict[str, float] = {}
        for severity in SEVERITIES:
            seen = declared((s for s in samples if s.design.details.get("severity") == severity), direction)
            if not seen:
                continue
            effect, name = paired_effect(seen, alpha), f"effect_{severity}"
            found |= {name: effect.effect, f"{name}_ci_low": effect.ci_low, f"{name}_ci_high": effect.ci_high}
            found[f"pairs_{severity}"] = effect.pairs
        return dict(found)

    return compute
