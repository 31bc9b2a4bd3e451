"""Main effects and two-way interactions of context factors."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt

from unmask.analysis.clustered_intervals import cluster_by_item
from unmask.analysis.estimates import Estimate, mean_estimate, unknown

__all__ = ["FactorialObservation", "factorial_effects"]

_Array = npt.NDArray[np.float64]
_Index = npt.NDArray[np.intp]


@dataclass(frozen=True)
class FactorialObservation:
    """One scored sample of a factorial design.

    Raises:
        ValueError: If the value is not a finite number between 0 and 1, or a level is neither -1 nor 1.
    """

    item: str
    """Item, usually seen under several combinations of levels."""

    cluster: str
    """Cluster of the item."""

    levels: Mapping[str, int]
    """Level of every factor, -1 or 1."""

    value: float
    """Outcome, from 0 (behaviour absent) to 1 (present)."""

    def __post_init__(self) -> None:
        """Refuse a value that no grader may give, and a level that is not coded."""
        if not 0 <= self.value <= 1:
            raise ValueError(f"item {self.item!r}: value must lie between 0 and 1, got {self.value}")
        if wrong := {name: level for name, level in self.levels.items() if level not in {-1, 1}}:
            raise ValueError(f"item {self.item!r}: levels must be -1 or 1, got {wrong}")


def factorial_effects(observations: Iterable[FactorialObservation], alpha: float = 0.05) -> dict[str, Estimate]:
    """Main effects and two-way interactions, each with an interval clustered.

    Least squares on outcomes centred within items, so that every item is its own control; where a factor
    varies only between items, on outcomes centred on the grand mean. The item's influence on a coefficient
    is its observation for `moderated_mean`; in a balanced design that is the item's own contrast (Box,
    Hunter and Hunter 2005, chapter 5). Items that tell nothing, seen under one combination alone, are left
    out.

    Args:
        observations: Samples in any order, all with the same factors.
        alpha: Two-sided significance level.

    Returns:
        Estimates by factor, then by pair of factors joined by a colon. A main effect is the mean at level 1
        minus that at -1; an interaction is half the difference between the effects of one factor at the
        levels of the other. Terms that are aliased, or whose factor is constant, are NaN.

    Raises:
        ValueError: If an item has other factors than the first, or appears in two clusters.
    """
    samples = sorted(observations, key=lambda o: (o.item, sorted(o.levels.items()), o.value))
    if not samples:
        return {}
    clusters = cluster_by_item((o.item, o.cluster) for o in samples)
    factors = _factors(samples)
    varying = [name for name in factors if len({o.levels[name] for o in samples}) > 1]
    terms = _terms(varying)
    names, index = np.unique([o.item for o in samples], return_inverse=True)
    design = np.array([[math.prod(o.levels[f] for f in term) for term in terms] for o in samples], dtype=float)
    contrasts, estimable, kept = _contrasts(design, np.array([o.value for o in samples]), index)
    compared = [clusters[name] for name in names[kept]]
    known = {
        term: mean_estimate(contrasts[:, j], compared, alpha, bound=1.0) for j, term in enumerate(terms) if estimable[j]
    }
    aliased = replace(unknown(), pairs=len(compared), clusters=len(set(compared)))
    return {":".join(term): known.get(term, aliased) for term in _terms(factors)}


def _factors(samples: Sequence[FactorialObservation]) -> list[str]:
    """Names of the factors, which all samples share."""
    factors = sorted(samples[0].levels)
    for o in samples:
        if sorted(o.levels) != factors:
            raise ValueError(f"item {o.item!r}: factors {sorted(o.levels)} are not {factors}")
    return factors


def _terms(factors: Sequence[str]) -> list[tuple[str, ...]]:
    """Main effects, then two-way interactions."""
    return [*((name,) for name in factors), *combinations(factors, 2)]


def _contrasts(design: _Array, outcome: _Array, index: _Index) -> tuple[_Array, npt.NDArray[np.bool_], _Index]:
    """Contrasts, shape (items kept, terms), whether each term can be told apart, and the items kept."""
    groups = index
    if np.linalg.matrix_rank(_centred(design, index)) < np.linalg.matrix_rank(design - design.mean(axis=0)):
        groups = np.zeros_like(index)
    x, y = _centred(design, groups), _centred(outcome, groups)
    inverse = np.linalg.pinv(x)
    beta = inverse @ y
    influence, weight = np.zeros((2, index.max() + 1, x.shape[1]))
    np.add.at(influence, index, (inverse * (y - x @ beta)).T)
    np.add.at(weight, index, np.abs(x))
    kept = np.flatnonzero(weight.any(axis=1))
    return 2 * (beta + len(kept) * influence[kept]), np.isclose(np.diag(inverse @ x), 1.0), kept


def _centred(values: npt.ArrayLike, groups: _Index) -> _Array:
    """Values minus the mean of their group."""
    x = np.asarray(values, dtype=float)
    sums = np.zeros((groups.max() + 1, *x.shape[1:]))
    np.add.at(sums, groups, x)
    centred: _Array = x - (sums.T / np.bincount(groups)).T[groups]
    return centred
