"""An effect over strata that the design fixes, such as families of scenarios.

Strata are not drawn from others like them: a model may act in two of ten families, and its effect is no less certain
for that. Units (scenarios) are what varies, within their stratum.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from unmask.analysis.estimates import Estimate, mean_estimate
from unmask.analysis.strata.sign_flips import SignFlips, max_over_strata

__all__ = ["stratified_estimate"]


def stratified_estimate(
    differences: Sequence[float], strata: Sequence[str], alpha: float = 0.05, *, bound: float, unpaired: int = 0
) -> Estimate:
    """Estimate the mean of the strata's mean differences, each stratum counting alike.

    The p-value is that of an exact sign-flip test. The interval is that of independent units, which is wide rather than
    narrow where strata differ (the number of events then varies less, Hoeffding 1956), and reaches down to 0 at least
    where the exact test does not exclude it. `max_p` is the test over single strata. Both tests are two-sided at alpha,
    so that each is wrong about a positive effect in at most alpha / 2 of the runs without one, and `shows` in at most
    alpha.

    Args:
        differences: One a unit, treatment minus control, its repeats averaged; at least one.
        strata: The stratum of each unit.
        alpha: Two-sided significance level.
        bound: Largest absolute value that a difference can take.
        unpaired: Observations left out because they had no partner.

    Returns:
        The estimate; `pairs` counts units, `clusters` strata.
    """
    sizes = Counter(strata)
    weights = [len(strata) / (len(sizes) * sizes[name]) for name in strata]
    weighted = np.array([weight * value for weight, value in zip(weights, differences, strict=True)])
    units = [str(number) for number in range(len(weighted))]
    found = mean_estimate(weighted, units, alpha, bound=bound, unpaired=unpaired)
    members: dict[str, list[float]] = defaultdict(list)
    for name, value in zip(strata, differences, strict=True):
        members[name].append(value)
    p_value, max_p = SignFlips(tuple(weighted)).p_value, max_over_strata(members.values())
    is_open = p_value > alpha
    return replace(
        found,
        ci_low=min(found.ci_low, 0.0) if is_open and found.effect > 0 else found.ci_low,
        ci_high=max(found.ci_high, 0.0) if is_open and found.effect < 0 else found.ci_high,
        p_value=p_value,
        clusters=len(sizes),
        method="stratified",
        max_p=max_p,
        in_some_stratum=max_p <= alpha,
    )
