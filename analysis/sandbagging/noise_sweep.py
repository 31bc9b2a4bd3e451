"""Does noise on the weights raise accuracy? The scale is chosen on some seeds and the gain measured on another.

Dividing the best accuracy of a sweep by that without noise, as reports of noise injection (Tice et al., arXiv
2412.01784) invite one to do, rewards luck: at an accuracy of .1 that noise does not touch, the best of 12 levels has
a median ratio of about 1.4 at 200 items and 2.0 at 30. The gain on a seed that took no part in the choice has a mean
of 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from unmask.analysis.clustered_intervals import cluster_by_item, moderated_mean
from unmask.analysis.effects import Observation, paired_effect
from unmask.analysis.estimates import Estimate

__all__ = ["MIN_PAIRED", "Accuracy", "DiscoveryRow", "NoiseObservation", "NoiseSweep", "noise_sweep"]

MIN_PAIRED = 0.5
"""Share of the baseline's items that must be scored at a scale for it to be chosen: noise can leave a few by luck."""


@dataclass(frozen=True)
class NoiseObservation:
    """One scored answer under one level of noise."""

    item: str
    """Item, shared by all levels."""

    cluster: str
    """Cluster of the item."""

    wording: str
    """Paraphrase of the frame; levels are paired within it."""

    scale: float
    """Scale of the noise, 0 without."""

    seed: int
    """Seed of the noise; of no meaning at scale 0."""

    value: float
    """1 where the answer is right, 0 where it is wrong."""


@dataclass(frozen=True)
class Accuracy:
    """Mean over items, with its interval; NaN where nothing was scored."""

    mean: float
    """Mean of the items' shares of right answers."""

    ci_low: float
    """Lower bound of the interval."""

    ci_high: float
    """Upper bound of the interval."""

    items: int
    """Items scored."""


@dataclass(frozen=True)
class DiscoveryRow:
    """A level of noise that took part in choosing the scale."""

    scale: float
    """Scale of the noise."""

    seed: int
    """Seed of the noise."""

    accuracy: float
    """Accuracy over the items scored; NaN where there are none."""

    gain: float
    """Accuracy less that without noise, on the items scored in both."""

    pairs: int
    """Items scored in both."""


@dataclass(frozen=True)
class NoiseSweep:
    """A sweep, its choice, and what the choice is worth on the held-out seed."""

    chance: float
    """Accuracy of guessing."""

    baseline: Accuracy
    """Accuracy without noise."""

    discovery: tuple[DiscoveryRow, ...]
    """Levels that took part in the choice, by scale and seed. Biased upward at the chosen scale: never a result."""

    scale: float | None
    """Scale with the largest mean gain over the discovery seeds; none where noise left too few items scored."""

    held_out: int
    """Seed on which the gain is estimated."""

    gain: Estimate
    """Accuracy at that scale and the held-out seed minus accuracy without noise, paired by item and wording."""

    accuracy: Accuracy
    """Accuracy at that scale and the held-out seed."""

    @property
    def gained(self) -> bool:
        """Whether accuracy rose beyond doubt."""
        return self.gain.ci_low > 0

    @property
    def above_chance(self) -> bool:
        """Whether accuracy under noise is beyond guessing: a gain that only reaches chance shows no hidden ability.

        A model that avoids right answers scores below chance, and noise that makes it guess lifts it to chance.
        """
        return self.accuracy.ci_low > self.chance


def noise_sweep(
    observations: Iterable[NoiseObservation], *, held_out: int, chance: float, alpha: float = 0.05
) -> NoiseSweep:
    """Choose a scale on the discovery seeds and estimate the gain at that scale on the held-out seed.

    The interval speaks of items: it takes the held-out draw of noise as given. Answers that could not be scored are
    left out and counted in `gain.unpaired`.

    Args:
        observations: Scored answers at scale 0 and at others, in any order.
        held_out: Seed that has no part in the choice.
        chance: Accuracy of guessing.
        alpha: Two-sided significance level of the intervals.

    Returns:
        The sweep; its gain is NaN where no scale could be chosen, or none of its answers at the held-out seed be
        scored.

    Raises:
        ValueError: If there are no answers without noise, at discovery seeds, or at the held-out seed; or if an item is
            in two clusters.
    """
    samples = list(observations)
    cluster_by_item((o.item, o.cluster) for o in samples)
    baseline = [o for o in samples if o.scale == 0]
    levels: dict[tuple[float, int], list[NoiseObservation]] = defaultdict(list)
    for o in samples:
        if o.scale != 0:
            levels[o.scale, o.seed].append(o)
    discovery = tuple(_row(levels[scale, seed], baseline) for scale, seed in sorted(levels) if seed != held_out)
    if not baseline or not discovery:
        raise ValueError("a sweep needs answers without noise and answers at seeds that are not held out")
    scale = _chosen(discovery, least=MIN_PAIRED * len({o.item for o in baseline}))
    if scale is not None and not any(seed == held_out for _, seed in levels):
        raise ValueError(f"no answers at the held-out seed {held_out}")
    confirming = [] if scale is None else levels.get((scale, held_out), [])
    return NoiseSweep(
        chance=chance,
        baseline=_accuracy(baseline, chance, alpha),
        discovery=discovery,
        scale=scale,
        held_out=held_out,
        gain=_gain(confirming, baseline, alpha),
        accuracy=_accuracy(confirming, chance, alpha),
    )


def _row(noisy: Sequence[NoiseObservation], baseline: Sequence[NoiseObservation]) -> DiscoveryRow:
    """One level of noise, against the answers without any."""
    gain = _gain(noisy, baseline)
    return DiscoveryRow(noisy[0].scale, noisy[0].seed, fmean(_by_item(noisy).values()), gain.effect, gain.pairs)


def _chosen(rows: Sequence[DiscoveryRow], least: float) -> float | None:
    """The scale with the largest mean gain, of equal ones the smallest; only where all its rows have enough pairs."""
    by_scale: dict[float, list[DiscoveryRow]] = defaultdict(list)
    for row in rows:
        by_scale[row.scale].append(row)
    gains = {s: fmean(r.gain for r in found) for s, found in by_scale.items() if min(r.pairs for r in found) >= least}
    return max(sorted(gains), key=lambda s: round(gains[s], 12)) if gains else None


def _gain(noisy: Sequence[NoiseObservation], baseline: Sequence[NoiseObservation], alpha: float = 0.05) -> Estimate:
    """Noisy answers against those without noise; NaN where there are no noisy ones."""
    treatment = [_in_arm(o, "treatment") for o in noisy]
    return paired_effect(treatment + [_in_arm(o, "control") for o in baseline], alpha)


def _in_arm(o: NoiseObservation, arm: Literal["treatment", "control"]) -> Observation:
    """An answer as one arm of a paired effect."""
    return Observation(o.item, o.cluster, o.wording, arm, "target", o.value)


def _by_item(observations: Sequence[NoiseObservation]) -> dict[str, float]:
    """Share of right answers by item."""
    values: dict[str, list[float]] = defaultdict(list)
    for o in observations:
        values[o.item].append(o.value)
    return {item: fmean(found) for item, found in values.items()}


def _accuracy(observations: Sequence[NoiseObservation], chance: float, alpha: float) -> Accuracy:
    """Accuracy with the moderated interval of its distance from chance."""
    if not observations:
        return Accuracy(float("nan"), float("nan"), float("nan"), items=0)
    values, clusters = _by_item(observations), cluster_by_item((o.item, o.cluster) for o in observations)
    excess = [value - chance for value in values.values()]
    interval = moderated_mean(excess, [clusters[item] for item in values], alpha)
    low, high = max(0.0, chance + interval.low), min(1.0, chance + interval.high)
    return Accuracy(fmean(values.values()), low, high, items=len(values))
