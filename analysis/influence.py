"""Pseudo-values of ratios, slopes and differences of means: one value an item, for intervals clustered on items.

An item's pseudo-value is the statistic plus the number of items times the item's first-order influence on it
(the infinitesimal jackknife, Efron 1982); `mean_estimate` takes these as observations.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["mean_difference", "ratio", "slope"]

_Array = npt.NDArray[np.float64]


def ratio(numerator: npt.ArrayLike, denominator: npt.ArrayLike) -> _Array:
    """Pseudo-values of a ratio of sums (Cochran 1977, chapter 6).

    Args:
        numerator: One value an item, shape (items,).
        denominator: One value an item, shape (items,), with a sum above 0.

    Returns:
        Values whose mean is the ratio, shape (items,).
    """
    top, base = np.asarray(numerator, dtype=float), np.asarray(denominator, dtype=float)
    quotient = top.sum() / base.sum()
    values: _Array = quotient + (top - quotient * base) / base.mean()
    return values


def slope(outcome: npt.ArrayLike, predictor: npt.ArrayLike) -> _Array:
    """Pseudo-values of a least-squares slope.

    Args:
        outcome: One value an item, shape (items,).
        predictor: One value an item, shape (items,), not all equal.

    Returns:
        Values whose mean is the slope, shape (items,).
    """
    y, x = np.asarray(outcome, dtype=float), np.asarray(predictor, dtype=float)
    centred = x - x.mean()
    scale = float(centred @ centred)
    beta = float(centred @ y) / scale
    values: _Array = beta + len(x) * centred * (y - y.mean() - beta * centred) / scale
    return values


def mean_difference(values: npt.ArrayLike, is_first: npt.ArrayLike) -> _Array:
    """Pseudo-values of the difference between the means of two groups of items.

    Args:
        values: One value an item, shape (items,).
        is_first: Whether the item is in the first group, shape (items,); neither group may be empty.

    Returns:
        Values whose mean is the first mean minus the second, shape (items,).
    """
    return slope(values, np.asarray(is_first, dtype=float))
