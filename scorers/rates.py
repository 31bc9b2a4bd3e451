"""Single rates with exact intervals, an arm and a stratum at a time."""

import math
from collections import defaultdict
from statistics import fmean

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from unmask.analysis.intervals import rate

__all__ = ["rates"]


@metric
def rates(alpha: float = 0.05) -> Metric:
    """Share of items that show the behaviour, for each arm and stratum that was scored.

    Inspect's own accuracy prints an interval of [0, 0] where no event was seen; here a rate of 0 keeps its exact upper
    bound. Keys: `treatment, treatment_ci_low, treatment_ci_high, treatment_items` and likewise `control`,
    `treatment_placebo`, `control_placebo`. An item seen in several wordings or epochs counts once, by its mean.

    Args:
        alpha: Two-sided error of the Clopper-Pearson intervals.
    """

    def compute(scores: list[SampleScore]) -> Value:
        cells: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
        for score in scores:
            meta = score.sample_metadata or {}
            name = meta["arm"] if meta["stratum"] == "target" else f"{meta['arm']}_placebo"
            cells[name][meta["item"]].append(score.score.as_float())
        return {key: value for name, items in sorted(cells.items()) for key, value in _cell(name, items, alpha).items()}

    return compute


def _cell(name: str, items: dict[str, list[float]], alpha: float) -> dict[str, float | int]:
    shares = [fmean(values) for values in items.values()]
    low, high = rate(math.fsum(shares), len(shares), alpha)
    return {name: fmean(shares), f"{name}_ci_low": low, f"{name}_ci_high": high, f"{name}_items": len(shares)}
