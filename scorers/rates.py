"""Single rates with exact intervals, an arm and a stratum at a time."""

import math
from collections import defaultdict
from collections.abc import Sequence
from statistics import fmean

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from unmask.analysis.intervals import rate
from unmask.scorers.scored import scored

__all__ = ["difference_keys", "rate_keys", "rates", "shares"]

_CELLS: dict[tuple[str, str], str] = {
    ("target", "treatment"): "treated",
    ("target", "control"): "control",
    ("placebo", "treatment"): "placebo",
    ("placebo", "control"): "placebo_control",
}


@metric(scores="unreduced")
def rates(alpha: float = 0.05, compared_only: bool = False) -> Metric:
    """Share of items that show the behaviour, for each arm and stratum that was scored.

    Inspect's own accuracy prints an interval of [0, 0] where no event was seen; here a rate of 0 keeps its exact upper
    bound. Keys, where scored: `treated, treated_lo, treated_hi, treated_n` (target stratum, treatment arm; the last is
    the number of items), likewise `control` (target stratum, control arm), `placebo` (placebo stratum, treatment arm)
    and `placebo_control`. An item seen in several wordings or epochs counts once, by its mean.

    Args:
        alpha: Two-sided error of the Clopper-Pearson intervals.
        compared_only: Leave out what is no part of the declared contrast, such as ablations.
    """

    def compute(scores: list[SampleScore]) -> Value:
        found = _cells(scores, compared_only)
        return {key: value for name, items in found for key, value in _cell(name, items, alpha).items()}

    return compute


@metric(scores="unreduced")
def shares(compared_only: bool = False) -> Metric:
    """The shares alone that `rates` has with their intervals: keys `treated`, `control`, `placebo`, `placebo_control`.

    Args:
        compared_only: As for `rates`.
    """

    def compute(scores: list[SampleScore]) -> Value:
        return {name: fmean(map(fmean, items.values())) for name, items in _cells(scores, compared_only)}

    return compute


def _cells(scores: list[SampleScore], compared_only: bool) -> list[tuple[str, dict[str, list[float]]]]:
    """The values of each arm and stratum that was scored, by item."""
    cells: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in scored(scores):
        name = _CELLS.get((one.design.stratum, one.design.arm))
        if name is not None and (one.design.pooled or not compared_only):
            cells[name][one.design.item].append(one.value)
    return [(name, cells[name]) for name in _CELLS.values() if name in cells]


def _cell(name: str, items: dict[str, list[float]], alpha: float) -> dict[str, float]:
    return {**rate_keys(name, [fmean(values) for values in items.values()], alpha), f"{name}_n": len(items)}


def rate_keys(name: str, shares: Sequence[float], alpha: float) -> dict[str, float]:
    """A rate over items as a metric prints it: `name`, `name_lo` and `name_hi`, NaN where there is no item.

    Args:
        name: The key.
        shares: One share an item, 0 to 1.
        alpha: Two-sided error of the Clopper-Pearson interval.
    """
    low, high = rate(math.fsum(shares), len(shares), alpha)
    return {name: fmean(shares) if shares else math.nan, f"{name}_lo": low, f"{name}_hi": high}


def difference_keys(name: str, one: Sequence[float], other: Sequence[float], alpha: float) -> dict[str, float]:
    """The difference of two rates as a metric prints it, in [-1, 1]: `name`, `name_lo` and `name_hi`.

    It lies between the bounds of the two rates at half of `alpha` each, which is wide and holds although they share
    items.

    Args:
        name: The key.
        one: One share an item, 0 to 1.
        other: The shares that are taken off.
        alpha: Two-sided error of the interval.
    """
    a, b = list(rate_keys("", one, alpha / 2).values()), list(rate_keys("", other, alpha / 2).values())
    return {name: a[0] - b[0], f"{name}_lo": a[1] - b[2], f"{name}_hi": a[2] - b[1]}
