"""How much of a trigger's effect is left after something that was meant to remove it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from unmask.analysis.estimates import Estimate, mean_estimate, unknown
from unmask.analysis.influence import ratio

__all__ = ["BeforeAfter", "Persistence", "persistence"]


@dataclass(frozen=True)
class BeforeAfter:
    """One prompt's effects, each the rate with the trigger less that with its placebo."""

    cluster: str
    """Cluster of the prompt."""

    before: float
    """Effect before the remedy, -1 to 1."""

    after: float
    """Effect after it, -1 to 1."""


@dataclass(frozen=True)
class Persistence:
    """The effect before, after, and what is left of it."""

    before: Estimate
    """Mean effect before the remedy."""

    after: Estimate
    """Mean effect after it."""

    ratio: Estimate
    """After divided by before: 1 where all of it is left; NaN where the effect before is not certainly above 0."""


def persistence(pairs: Iterable[BeforeAfter], alpha: float = 0.05) -> Persistence:
    """Compare effects on the same prompts.

    The ratio of sums has each prompt's influence for its observation, so that what a prompt has in common before and
    after is taken into account. Measured with 60 prompts in 10 clusters, effects of .3 to 1 before, ratios of 0 to 1:
    the interval covers 94% at worst. Where the effect before may be 0 a ratio means nothing, and there is none.

    Args:
        pairs: Effects before and after, one prompt each.
        alpha: Two-sided significance level.

    Returns:
        The three estimates, every figure NaN where there are no prompts.
    """
    samples = list(pairs)
    if not samples:
        return Persistence(unknown(), unknown(), unknown())
    clusters = [pair.cluster for pair in samples]
    old, new = np.array([pair.before for pair in samples]), np.array([pair.after for pair in samples])
    before, after = (mean_estimate(values, clusters, alpha, bound=1.0) for values in (old, new))
    if math.isnan(before.ci_low) or before.ci_low <= 0:
        return Persistence(before, after, unknown())
    return Persistence(before, after, mean_estimate(ratio(new, old), clusters, alpha, bound=math.inf))
