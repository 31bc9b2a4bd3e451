"""Adjustment of p-values for the number of tests that were declared before the run."""

from __future__ import annotations

import math
from collections.abc import Mapping

__all__ = ["holm"]


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Adjust p-values for their number (Holm 1979), which bounds the family-wise error rate under any dependence.

    Args:
        p_values: p-values by test; NaN where a test did not apply, which then is not counted.

    Returns:
        Adjusted p-values by test, in the order given.
    """
    order = sorted((name for name in p_values if not math.isnan(p_values[name])), key=lambda name: p_values[name])
    adjusted, highest = dict(p_values), 0.0
    for rank, name in enumerate(order):
        highest = max(highest, min(1.0, (len(order) - rank) * p_values[name]))
        adjusted[name] = highest
    return adjusted
