"""Whether the options chosen stand in other positions than in control."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from unmask.analysis.sandbagging.answered import Answered, Arm, OneSidedTest

__all__ = ["PositionShift", "position_shift"]

_Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PositionShift(OneSidedTest):
    """Positions chosen in both arms; the estimate is their Jensen-Shannon divergence in bits, without interval."""

    null_mean: float
    """Mean divergence after swapping arms at random: what sampling alone gives, as it is never negative."""

    entropy_treatment: float
    """Entropy in bits of the positions chosen under treatment."""

    entropy_control: float
    """The same in control."""


def position_shift(answers: Iterable[Answered], *, resamples: int = 9999, seed: int = 0) -> PositionShift:
    """Permutation test that both arms choose the displayed positions equally often.

    The null is that the arms of an item can be exchanged; they are swapped as a whole, with all repeats.
    Show options in an order that differs between items, or positions stand for contents. A shift also
    appears with refusals in disguise and with empty questions: it supports other findings, alone it is none.
    `scipy.stats.permutation_test`, which agrees, refuses a single item and is 25 times slower.

    Args:
        answers: Answers in any order; the target stratum counts.
        resamples: Random swaps, all of them where they are no more.
        seed: Seed of the swaps.

    Returns:
        The test without interval, every figure NaN where no item has a choice in both arms.
    """
    chosen = [a for a in answers if a.chosen is not None and a.stratum == "target"]
    width = max((a.options for a in chosen), default=0)
    treatment, control = (_choices(chosen, arm, width) for arm in ("treatment", "control"))
    items = sorted(treatment.keys() & control.keys())
    if not items:
        nan = math.nan
        return PositionShift(nan, nan, nan, nan, 0, nan, nan, nan)
    one, other = (np.array([arm[item] for item in items]) for arm in (treatment, control))
    middle, shift = (one + other).mean(axis=0) / 2, (one - other) / (2 * len(items))
    observed = float(_divergence(one.mean(axis=0), other.mean(axis=0)))
    swaps, is_exact = _sign_flips(len(items), resamples, seed)
    null = _divergence(middle + swaps @ shift, middle - swaps @ shift)
    extreme = int((null >= observed - 1e-12).sum())
    return PositionShift(
        estimate=observed,
        ci_low=math.nan,
        ci_high=math.nan,
        p_value=extreme / len(null) if is_exact else (1 + extreme) / (1 + resamples),
        n=len(items),
        null_mean=float(null.mean()),
        entropy_treatment=float(_entropy(one.mean(axis=0))),
        entropy_control=float(_entropy(other.mean(axis=0))),
    )


def _choices(answers: Iterable[Answered], arm: Arm, width: int) -> dict[str, _Array]:
    """Share of every position among an item's answers in one arm."""
    counts: dict[str, _Array] = defaultdict(lambda: np.zeros(width))
    for answer in answers:
        if answer.arm == arm and answer.chosen is not None:
            counts[answer.item][answer.chosen] += 1
    return {item: count / count.sum() for item, count in counts.items()}


def _sign_flips(items: int, resamples: int, seed: int) -> tuple[_Array, bool]:
    """Signs of the items' differences, shape (swaps, items), and whether they are all that there are."""
    if 2**items <= resamples:
        bits = np.arange(2**items)[:, None] >> np.arange(items) & 1
        return np.where(bits == 1, -1.0, 1.0), True
    return np.random.default_rng(seed).choice([-1.0, 1.0], size=(resamples, items)), False


def _entropy(shares: _Array) -> _Array:
    """Entropy in bits over the last axis."""
    from scipy.special import entr  # slow to import

    entropy: _Array = entr(np.where(shares > 1e-12, shares, 0.0)).sum(axis=-1) / math.log(2)
    return entropy


def _divergence(one: _Array, other: _Array) -> _Array:
    """Jensen-Shannon divergence in bits over the last axis (Lin 1991)."""
    return _entropy((one + other) / 2) - (_entropy(one) + _entropy(other)) / 2
