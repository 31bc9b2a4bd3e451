"""Intervals of ratios, slopes and differences between groups of items, from each item's influence."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from unmask.analysis.effects import Estimate
from unmask.analysis.intervals import clustering, moderated_mean
from unmask.analysis.power import mde

__all__ = ["clustered", "gap", "ratio", "slope", "unknown"]

_Array = npt.NDArray[np.float64]


def ratio(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> _Array:
    """Pseudo-values of a ratio of sums, by its first-order influence (Cochran 1977, chapter 6).

    Args:
        numerator: One value an item, shape (items,).
        denominator: One value an item, with a sum above 0.

    Returns:
        Values whose mean is the ratio.
    """
    top, base = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    quotient = top.sum() / base.sum()
    values: _Array = quotient + (top - quotient * base) / base.mean()
    return values


def slope(outcome: npt.ArrayLike, predictor: npt.ArrayLike) -> _Array:
    """Pseudo-values of a least-squares slope.

    Args:
        outcome: One value an item, shape (items,).
        predictor: One value an item, not all equal.

    Returns:
        Values whose mean is the slope.
    """
    y, x = np.asarray(outcome, dtype=float), np.asarray(predictor, dtype=float)
    centred = x - x.mean()
    scale = float(centred @ centred)
    beta = float(centred @ y) / scale
    values: _Array = beta + len(x) * centred * (y - y.mean() - beta * centred) / scale
    return values


def gap(values: npt.ArrayLike, is_first: npt.ArrayLike) -> _Array:
    """Pseudo-values of the difference between the means of two groups of items.

    Args:
        values: One value an item, shape (items,).
        is_first: Whether the item is in the first group; neither group may be empty.

    Returns:
        Values whose mean is the first mean minus the second.
    """
    return slope(values, np.asarray(is_first, dtype=float))


def clustered(
    values: _Array, clusters: Sequence[str], alpha: float = 0.05, *, bound: float, unpaired: int = 0
) -> Estimate:
    """Estimate from one pseudo-value an item, by `moderated_mean`.

    Args:
        values: Pseudo-values, shape (items,), at least one.
        clusters: The cluster of each item.
        alpha: Two-sided error.
        bound: Largest absolute value that the estimate can take, infinite if there is none.
        unpaired: Answers left out because they had no partner.

    Returns:
        The estimate.
    """
    interval, shape = moderated_mean(values, clusters, alpha, bound=bound), clustering(values, clusters)
    return Estimate(
        effect=float(values.mean()),
        ci_low=interval.low,
        ci_high=interval.high,
        p_value=interval.p_value,
        pairs=len(values),
        clusters=shape.count,
        method="moderated-t",
        mde=mde(len(values) / shape.design_effect, float((values**2).mean()), alpha),
        unpaired=unpaired,
    )


def unknown(unpaired: int = 0) -> Estimate:
    """Estimate where there is nothing to compare.

    Args:
        unpaired: Answers left out because they had no partner.

    Returns:
        An estimate whose every figure is NaN.
    """
    nan = math.nan
    return Estimate(nan, nan, nan, nan, pairs=0, clusters=0, method="none", mde=nan, unpaired=unpaired)
