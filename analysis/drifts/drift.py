"""What changed between two runs of the same samples: rates an arm at a time, and effects as differences in differences.

Both runs put the same items in the same frames and wordings, so that what changed is paired, sample by sample. The
estimators are those of `effects`: an effect's change is an effect "net of" the earlier one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np

from unmask.analysis.clustered_intervals import cluster_by_item
from unmask.analysis.effects import CLUSTERED, STRATIFIED, Estimators, Observation
from unmask.analysis.estimates import Estimate, mean_estimate, unknown
from unmask.analysis.strata.stratified import stratified_estimate

__all__ = ["effect_drift", "net_effect_drift", "rate_drift"]

_Cells = dict[tuple[str, str], dict[tuple[str, str], float]]
"""By item and wording: arm and stratum -> mean outcome over repeats."""


def rate_drift(
    before: Iterable[Observation],
    after: Iterable[Observation],
    alpha: float = 0.05,
    estimators: Estimators = CLUSTERED,
) -> Estimate:
    """Change of the rate of a behaviour in one arm, paired by item and wording.

    Args:
        before: Samples of one arm of the earlier run.
        after: The same of the later run.
        alpha: Two-sided significance level.
        estimators: Whether clusters stand for others, or are strata that the design fixes.

    Returns:
        Rate after minus rate before, in [-1, 1]; every figure NaN where no sample is in both.

    Raises:
        ValueError: If an item appears in two clusters.
    """
    earlier = [replace(one, arm="control", stratum="target") for one in before]
    later = [replace(one, arm="treatment", stratum="target") for one in after]
    return estimators.effect([*later, *earlier], alpha)


def effect_drift(
    before: Iterable[Observation],
    after: Iterable[Observation],
    alpha: float = 0.05,
    estimators: Estimators = CLUSTERED,
) -> Estimate:
    """Change of the effect: the difference in differences, paired by item, wording and arm.

    Only items and wordings that have both arms in both runs count. Uses the estimator of net effects, with the earlier
    run in the placebo's place.

    Args:
        before: Samples of the earlier run; those of the placebo are left out.
        after: The same of the later run.
        alpha: Two-sided significance level.
        estimators: As for `rate_drift`.

    Returns:
        Effect after minus effect before, in [-2, 2]; every figure NaN where nothing has all four outcomes.

    Raises:
        ValueError: If an item appears in two clusters.
    """
    earlier = [one for one in before if one.stratum == "target"]
    later = [one for one in after if one.stratum == "target"]
    whole = _whole(earlier, 2) & _whole(later, 2)
    kept = [one for one in later if (one.item, one.wording) in whole]
    kept += [replace(one, stratum="placebo") for one in earlier if (one.item, one.wording) in whole]
    if not kept:
        return unknown(len(earlier) + len(later))
    return replace(estimators.net(kept, alpha), unpaired=len(earlier) + len(later) - len(kept))


def net_effect_drift(
    before: Iterable[Observation],
    after: Iterable[Observation],
    alpha: float = 0.05,
    estimators: Estimators = CLUSTERED,
) -> Estimate:
    """Change of the effect net of the placebo, item by item where both runs have both arms of both strata.

    Args:
        before: Samples of both strata of the earlier run.
        after: The same of the later run.
        alpha: Two-sided significance level.
        estimators: As for `rate_drift`.

    Returns:
        Net effect after minus net effect before, in [-4, 4]; every figure NaN where nothing has all eight outcomes.

    Raises:
        ValueError: If an item appears in two clusters.
    """
    earlier, later = list(before), list(after)
    clusters = cluster_by_item((one.item, one.cluster) for one in [*earlier, *later])
    whole = _whole(earlier, 4) & _whole(later, 4)
    used = sum((one.item, one.wording) in whole for one in [*earlier, *later])
    unpaired = len(earlier) + len(later) - used
    if not whole:
        return unknown(unpaired)
    old, new = _cells(earlier), _cells(later)
    changes: dict[str, list[float]] = defaultdict(list)
    for item, wording in sorted(whole):
        changes[item].append(_net(new[item, wording]) - _net(old[item, wording]))
    values = [fmean(found) for found in changes.values()]
    return _estimate(values, [clusters[item] for item in changes], alpha, estimators, unpaired)


def _estimate(
    values: Sequence[float], clusters: Sequence[str], alpha: float, estimators: Estimators, unpaired: int
) -> Estimate:
    if estimators is STRATIFIED:
        return stratified_estimate(values, clusters, alpha, bound=4.0, unpaired=unpaired)
    return mean_estimate(np.array(values), clusters, alpha, bound=4.0, unpaired=unpaired)


def _cells(observations: Iterable[Observation]) -> _Cells:
    found: dict[tuple[str, str], dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in observations:
        found[one.item, one.wording][one.arm, one.stratum].append(one.value)
    return {key: {cell: fmean(values) for cell, values in cells.items()} for key, cells in found.items()}


def _whole(observations: Iterable[Observation], cells: int) -> set[tuple[str, str]]:
    """Items and wordings with so many of the cells."""
    return {key for key, found in _cells(observations).items() if len(found) == cells}


def _net(cells: dict[tuple[str, str], float]) -> float:
    """Effect in the target stratum less that in the placebo's."""
    target = cells["treatment", "target"] - cells["control", "target"]
    return target - (cells["treatment", "placebo"] - cells["control", "placebo"])
