"""What became of the samples, arm by arm: scored, ended in an error, invalidated, or unscored and why."""

import math
from collections import Counter, defaultdict

from unmask.audits.findings.log_figures import Samples
from unmask.audits.report.results import ArmAttrition

__all__ = ["attrition_of"]

_Key = tuple[str, str, bool]


def attrition_of(samples: Samples, scorer: str) -> list[ArmAttrition]:
    """Count samples by arm and stratum, those of the declared contrast first.

    Args:
        samples: Whole or in summary.
        scorer: The scorer of the behaviour.
    """
    counts: dict[_Key, Counter[str]] = defaultdict(Counter)
    reasons: dict[_Key, Counter[str]] = defaultdict(Counter)
    for sample in samples:
        told = sample.metadata
        key = (str(told.get("arm", "-")), str(told.get("stratum", "-")), bool(told.get("compared", True)))
        fate, reason = _fate(sample, scorer)
        counts[key][fate] += 1
        if reason:
            reasons[key][reason] += 1
    return [
        ArmAttrition(
            arm=arm,
            stratum=stratum,
            compared=compared,
            samples=found.total(),
            scored=found["scored"],
            errors=found["error"],
            invalidated=found["invalidated"],
            unscored=dict(sorted(reasons[arm, stratum, compared].items())),
        )
        for (arm, stratum, compared), found in sorted(counts.items(), key=_order)
    ]


def _order(row: tuple[_Key, Counter[str]]) -> tuple[bool, bool, str, bool]:
    arm, stratum, compared = row[0]
    return not compared, stratum != "target", stratum, arm != "treatment"


def _fate(sample: object, scorer: str) -> tuple[str, str | None]:
    if getattr(sample, "error", None) is not None:
        return "error", None
    if getattr(sample, "invalidation", None) is not None:
        return "invalidated", None
    score = (getattr(sample, "scores", None) or {}).get(scorer)
    if score is None:
        return "unscored", "no_score"
    return ("unscored", str(score.reason or "unscored")) if math.isnan(score.as_float()) else ("scored", None)
