"""One estimator for every threat: the paired effect, and the same effect net of a placebo."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean
from typing import Literal, NamedTuple

from unmask.analysis.clustered_intervals import Clustering, cluster_by_item, clustering
from unmask.analysis.count_tests import mcnemar_midp
from unmask.analysis.estimates import Estimate, mean_estimate, unknown
from unmask.analysis.intervals import PairedTable, newcombe
from unmask.analysis.power import mde

__all__ = [
    "CLUSTERED",
    "STRATIFIED",
    "Estimators",
    "Observation",
    "item_differences",
    "net_differences",
    "net_effect",
    "paired_effect",
    "stratified_effect",
    "stratified_net_effect",
]


@dataclass(frozen=True, slots=True)
class Observation:
    """One scored sample.

    Raises:
        ValueError: If the value is not a finite number between 0 and 1.
    """

    item: str
    """Item that both arms share."""

    cluster: str
    """Cluster of the item."""

    wording: str
    """Paraphrase of the frame; arms are paired within it."""

    arm: Literal["treatment", "control"]
    """Side of the contrast."""

    stratum: Literal["target", "placebo"]
    """Whether the contrast should matter here."""

    value: float
    """Outcome, from 0 (behaviour absent) to 1 (present)."""

    def __post_init__(self) -> None:
        """Refuse a value that no grader may give."""
        if not 0 <= self.value <= 1:
            raise ValueError(f"item {self.item!r}: value must lie between 0 and 1, got {self.value}")


@dataclass(frozen=True, slots=True)
class _Item:
    """Both arms of an item, over the wordings that have both."""

    cluster: str
    treatment: tuple[float, ...]
    """Outcomes under treatment, of all wordings and repeats."""

    control: tuple[float, ...]
    """The same under control."""

    difference: float
    """Mean over wordings of treatment minus control."""

    @property
    def is_single_binary(self) -> bool:
        """Whether the item is one pair of yes-or-no outcomes."""
        return len(self.treatment) == len(self.control) == 1 and {*self.treatment, *self.control} <= {0, 1}


def paired_effect(
    observations: Iterable[Observation], alpha: float = 0.05, *, stratum: Literal["target", "placebo"] = "target"
) -> Estimate:
    """Mean difference between the arms, paired by item and wording.

    The item's mean difference over wordings and repeats is one observation. Single yes-or-no pairs get
    Newcombe's interval: with McNemar's mid-p where no two items share a cluster, else widened by the
    moderated design effect, as plain Newcombe covers 83% at 60 items in 6 clusters correlated by .1;
    the p-value is then the level at which the interval reaches 0. All else gets `moderated_mean`.

    Args:
        observations: Samples in any order.
        alpha: Two-sided significance level.
        stratum: Samples to compare; the others are ignored.

    Returns:
        The estimate, every figure NaN where no pair was found.

    Raises:
        ValueError: If an item appears in two clusters.
    """
    items, unpaired = _paired([o for o in observations if o.stratum == stratum])
    if not items:
        return unknown(unpaired)
    if all(item.is_single_binary for item in items.values()):
        return _binary(list(items.values()), alpha, unpaired)
    differences, clusters = [one.difference for one in items.values()], [one.cluster for one in items.values()]
    return mean_estimate(differences, clusters, alpha, bound=1.0, unpaired=unpaired)


def net_effect(observations: Iterable[Observation], alpha: float = 0.05) -> Estimate:
    """Target effect minus placebo effect, item by item where both exist.

    Uses `moderated_mean` on the item differences. Under a true net effect of 0, with 20 to 60 items in 6
    to 14 clusters and correlation up to .1, the lower bound exceeds 0 in at most 3% of runs, 2% on average.
    An effect of .3 without noise is found in 97% of runs at 36 items in 6 clusters, in 99% at 40 in 8.
    Two Newcombe intervals combined (MOVER, Zou and Donner 2008) err in up to 8% of null runs, as they do
    not see clusters; widened by the same design effect they find only 78% and 91%.

    Args:
        observations: Samples of both strata in any order.
        alpha: Two-sided significance level.

    Returns:
        The estimate, every figure NaN where no item has both effects.

    Raises:
        ValueError: If an item appears in two clusters.
    """
    differences, clusters, unpaired = _net(observations)
    if not clusters:
        return unknown(unpaired)
    return mean_estimate(differences, clusters, alpha, bound=2.0, unpaired=unpaired)


def stratified_effect(observations: Iterable[Observation], alpha: float = 0.05) -> Estimate:
    """As `paired_effect` in the target stratum of the contrast, where the design fixes the clusters.

    Args:
        observations: Samples in any order; each cluster is a stratum of `stratified_estimate`, each item a unit.
        alpha: Two-sided significance level.

    Returns:
        The estimate, every figure NaN where no pair was found.

    Raises:
        ValueError: If an item appears in two clusters.
    """
    items, unpaired = _paired([o for o in observations if o.stratum == "target"])
    differences, clusters = [one.difference for one in items.values()], [one.cluster for one in items.values()]
    return _over_strata(differences, clusters, alpha, 1.0, unpaired)


def stratified_net_effect(observations: Iterable[Observation], alpha: float = 0.05) -> Estimate:
    """As `net_effect`, where the design fixes the clusters.

    Args:
        observations: Samples of both strata of the contrast in any order.
        alpha: Two-sided significance level.

    Returns:
        The estimate, every figure NaN where no item has both effects.

    Raises:
        ValueError: If an item appears in two clusters.
    """
    differences, clusters, unpaired = _net(observations)
    return _over_strata(differences, clusters, alpha, 2.0, unpaired)


def _over_strata(
    differences: Sequence[float], strata: Sequence[str], alpha: float, bound: float, unpaired: int
) -> Estimate:
    from unmask.analysis.strata.stratified import stratified_estimate

    if not strata:
        return unknown(unpaired)
    return stratified_estimate(differences, strata, alpha, bound=bound, unpaired=unpaired)


class Estimators(NamedTuple):
    """How a threat's effects are estimated."""

    effect: Callable[[Iterable[Observation], float], Estimate]
    net: Callable[[Iterable[Observation], float], Estimate]


CLUSTERED = Estimators(paired_effect, net_effect)
"""Clusters stand for others like them: items of one cluster resemble each other."""

STRATIFIED = Estimators(stratified_effect, stratified_net_effect)
"""Clusters are fixed by the design: they are strata, and items are what varies."""


def item_differences(
    observations: Iterable[Observation], stratum: Literal["target", "placebo"] = "target"
) -> dict[str, float]:
    """The differences that `paired_effect` estimates the mean of.

    Args:
        observations: Samples in any order.
        stratum: Samples to compare; the others are ignored.

    Returns:
        Item -> treatment minus control, averaged over wordings and repeats; an item without both arms has none.

    Raises:
        ValueError: If an item appears in two clusters.
    """
    items, _ = _paired([one for one in observations if one.stratum == stratum])
    return {name: item.difference for name, item in items.items()}


def net_differences(observations: Iterable[Observation]) -> dict[str, float]:
    """The differences that `net_effect` estimates the mean of: item -> its effect less its placebo effect.

    Args:
        observations: Samples of both strata in any order; an item without both effects has no difference.
    """
    samples = list(observations)
    target, placebo = item_differences(samples), item_differences(samples, "placebo")
    return {name: value - placebo[name] for name, value in target.items() if name in placebo}


def _net(observations: Iterable[Observation]) -> tuple[list[float], list[str], int]:
    """Differences of items net of the placebo, their clusters, and the observations without a partner."""
    samples = list(observations)
    cluster_by_item((o.item, o.cluster) for o in samples)
    target, target_unpaired = _paired([o for o in samples if o.stratum == "target"])
    placebo, placebo_unpaired = _paired([o for o in samples if o.stratum == "placebo"])
    shared = [name for name in target if name in placebo]
    lonely = [item for name, item in {**placebo, **target}.items() if (name in target) != (name in placebo)]
    unpaired = target_unpaired + placebo_unpaired + sum(len(i.treatment) + len(i.control) for i in lonely)
    differences = [target[name].difference - placebo[name].difference for name in shared]
    return differences, [target[name].cluster for name in shared], unpaired


def _paired(observations: Sequence[Observation]) -> tuple[dict[str, _Item], int]:
    """Items that have both arms in some wording, sorted, and the number of observations without a partner."""
    clusters = cluster_by_item((o.item, o.cluster) for o in observations)
    if len({o.arm for o in observations}) < 2:
        return {}, len(observations)
    cells: dict[str, dict[str, tuple[list[float], list[float]]]] = defaultdict(lambda: defaultdict(lambda: ([], [])))
    for o in observations:
        cells[o.item][o.wording][o.arm == "control"].append(o.value)
    items: dict[str, _Item] = {}
    for name in sorted(cells):
        if full := [arms for arms in cells[name].values() if all(arms)]:
            treatment, control = zip(*full, strict=True)
            items[name] = _Item(
                cluster=clusters[name],
                treatment=tuple(chain(*treatment)),
                control=tuple(chain(*control)),
                difference=fmean(fmean(treated) - fmean(untreated) for treated, untreated in full),
            )
    return items, len(observations) - sum(len(item.treatment) + len(item.control) for item in items.values())


def _binary(items: Sequence[_Item], alpha: float, unpaired: int) -> Estimate:
    """Estimate from one yes-or-no pair an item."""
    pairs = [(item.treatment[0], item.control[0]) for item in items]
    table = PairedTable(*(pairs.count(cell) for cell in ((1, 1), (1, 0), (0, 1), (0, 0))))
    differences = [item.difference for item in items]
    shape = clustering(differences, [item.cluster for item in items])
    is_clustered = shape.count < len(items)
    if is_clustered:
        low, high = newcombe(table, alpha, design_effect=shape.design_effect, df=shape.df)
        p_value = _inverted(table, shape)
    else:
        low, high = newcombe(table, alpha)
        p_value = mcnemar_midp(table.treatment_only, table.control_only)
    return Estimate(
        effect=fmean(differences),
        ci_low=low,
        ci_high=high,
        p_value=p_value,
        pairs=len(items),
        clusters=shape.count,
        method="newcombe-clustered" if is_clustered else "newcombe",
        mde=mde(len(items) / shape.design_effect, fmean(map(abs, differences)), alpha),
        unpaired=unpaired,
        effective_pairs=len(items) / shape.design_effect,
        discordance=fmean(map(abs, differences)),
    )


def _inverted(table: PairedTable, shape: Clustering) -> float:
    """Level at which the clustered Newcombe interval just reaches 0, by bisection of its logarithm."""
    if table.treatment_only == table.control_only:
        return 1.0
    low, high = math.log(1e-15), 0.0
    for _ in range(40):
        middle = (low + high) / 2
        bounds = newcombe(table, math.exp(middle), design_effect=shape.design_effect, df=shape.df)
        low, high = (middle, high) if bounds[0] <= 0 <= bounds[1] else (low, middle)
    return math.exp(high)
