"""The direction in which a cue moves hidden states, from pairs of one item with the cue and with its placebo.

The mean difference of paired activations is the simplest steering vector (Turner et al. 2023, arXiv 2308.10248; Rimsky
et al. 2024, arXiv 2312.06681). Pairs cancel all that an item brings, so that a direction tells any two strings apart,
on any model: the share of pairs that it orders rightly is no evidence. How far the states move is, beside how far a
pair of texts moves them that mean nothing to the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["PairedShift", "paired_shift"]

_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PairedShift:
    """How a cue moves held-out items along the direction that other items gave."""

    shift: float
    """Mean move along the direction, in standard deviations of the placebo's states along it, over items."""

    low: float
    high: float
    ordered: float
    """Share of held-out pairs in which the cue's state lies further along the direction. No evidence by itself."""

    cue: tuple[float, ...]
    """Held-out projections with the cue, by pair."""

    placebo: tuple[float, ...]
    """The same with the placebo."""


def paired_shift(
    cue: ArrayLike, placebo: ArrayLike, groups: Sequence[str], *, folds: int = 5, resamples: int = 1000, seed: int = 0
) -> PairedShift:
    """Fit the direction on the pairs of some groups, and measure it on those of the others.

    Args:
        cue: Pairs x features: states with the cue.
        placebo: The same items' states with the placebo, in the same order.
        groups: Group of each pair.
        folds: Parts that the groups fall into.
        resamples: Bootstrap samples, of groups.
        seed: Of folds and bootstrap.

    Raises:
        ValueError: If the pairs do not match, or there are fewer groups than folds.
    """
    with_cue, without = np.asarray(cue, dtype=float), np.asarray(placebo, dtype=float)
    names = np.random.default_rng(seed).permutation(sorted(set(groups)))
    if with_cue.shape != without.shape or len(with_cue) != len(groups):
        raise ValueError(f"pairs do not match: {with_cue.shape}, {without.shape}, {len(groups)} groups")
    if len(names) < folds:
        raise ValueError(f"{len(names)} groups are too few for {folds} folds")
    projected = np.zeros((2, len(groups)))
    for fold in range(folds):
        test = np.isin(groups, names[fold::folds])
        projected[:, test] = _projected(with_cue, without, test)
    moved = projected[0] - projected[1]
    low, high = _interval(moved, np.asarray(groups), resamples, seed)
    ordered = float(np.mean(moved > 0))
    return PairedShift(float(moved.mean()), low, high, ordered, tuple(projected[0]), tuple(projected[1]))


def _projected(cue: _Floats, placebo: _Floats, test: NDArray[np.bool_]) -> _Floats:
    """Held-out states along the direction of the others, in units of the others' spread; 0 where there is none."""
    direction = (cue[~test] - placebo[~test]).mean(axis=0)
    along = placebo[~test] @ direction
    spread = along.std()
    if spread == 0:
        return np.zeros((2, int(test.sum())))
    return np.stack([(states[test] @ direction - along.mean()) / spread for states in (cue, placebo)])


def _interval(moved: _Floats, groups: NDArray[np.str_], resamples: int, seed: int) -> tuple[float, float]:
    from scipy.stats import bootstrap

    rows = [moved[groups == name] for name in np.unique(groups)]
    sums, counts = np.array([row.sum() for row in rows]), np.array([len(row) for row in rows])

    def mean(total: _Floats, count: _Floats, axis: int = -1) -> _Floats:
        return np.asarray(total.sum(axis=axis) / count.sum(axis=axis))

    found = bootstrap(
        (sums, counts), mean, n_resamples=resamples, paired=True, method="percentile", random_state=seed
    ).confidence_interval
    return float(found.low), float(found.high)
