"""An estimate with all that has to be printed beside it, made from one value an item."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from unmask.analysis.clustered_intervals import clustering, moderated_mean
from unmask.analysis.power import mde

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Estimate", "mean_estimate", "unknown"]


@dataclass(frozen=True)
class Estimate:
    """An effect with everything that has to be printed beside it; NaN where there was nothing to compare."""

    effect: float
    """Treatment minus control, or the difference of two such effects."""

    ci_low: float
    """Lower bound of the interval."""

    ci_high: float
    """Upper bound of the interval."""

    p_value: float
    """Two-sided p-value against an effect of 0."""

    pairs: int
    """Items compared: the sample size."""

    clusters: int
    """Clusters among them."""

    method: str
    """Interval used: `newcombe`, `newcombe-clustered`, `moderated-t`, `stratified` or `none`."""

    mde: float
    """Minimum detectable effect at the discordance observed: what such a sample would show with a power of 80%."""

    unpaired: int = 0
    """Observations left out because they had no partner."""

    effective_pairs: float = 0.0
    """What the pairs are worth once those of a cluster are not taken for independent."""

    discordance: float = 0.0
    """Mean squared difference of the pairs; for yes or no, the share whose arms differ."""

    max_p: float = math.nan
    """p-value of the test whether some stratum by itself has a positive effect; NaN where no strata are declared."""

    in_some_stratum: bool = False
    """Whether that test finds one."""

    @property
    def shows(self) -> bool:
        """Whether a positive effect is shown, on the whole or in some stratum."""
        return self.ci_low > 0 or self.in_some_stratum


def mean_estimate(
    values: npt.ArrayLike, clusters: Sequence[str], alpha: float = 0.05, *, bound: float, unpaired: int = 0
) -> Estimate:
    """Estimate of a mean over items, by `moderated_mean`.

    Args:
        values: One difference or pseudo-value an item, shape (items,), at least one.
        clusters: The cluster of each item.
        alpha: Two-sided significance level.
        bound: Largest absolute value that the mean can take, infinite if there is none.
        unpaired: Observations left out because they had no partner.

    Returns:
        The estimate.
    """
    import numpy as np

    x = np.asarray(values, dtype=float)
    interval, shape = moderated_mean(x, clusters, alpha, bound=bound), clustering(x, clusters)
    return Estimate(
        effect=fmean(x),
        ci_low=interval.low,
        ci_high=interval.high,
        p_value=interval.p_value,
        pairs=len(x),
        clusters=shape.count,
        method="moderated-t",
        mde=mde(len(x) / shape.design_effect, float((x**2).mean()), alpha),
        unpaired=unpaired,
        effective_pairs=len(x) / shape.design_effect,
        discordance=float((x**2).mean()),
    )


def unknown(unpaired: int = 0) -> Estimate:
    """Estimate where there is nothing to compare.

    Args:
        unpaired: Observations left out because they had no partner.

    Returns:
        An estimate whose every figure is NaN.
    """
    nan = math.nan
    return Estimate(nan, nan, nan, nan, pairs=0, clusters=0, method="none", mde=nan, unpaired=unpaired)
