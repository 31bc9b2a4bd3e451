"""How much of a trigger's effect is left after something that was meant to remove it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from unmask.analysis.effects import Estimate
from unmask.analysis.influence import clustered, ratio, unknown

__all__ = ["BeforeAfter", "Persistence", "persistence"]


@dataclass(frozen=True)
class BeforeAfter:
    """One prompt's effects, each the rate with the trigger less that with its placebo."""

    cluster: str
    before: float
    after: float


@dataclass(frozen=True)
class Persistence:
    """The effect before, after, and what is left of it."""

    before: Estimate
    after: Estimate
    ratio: Estimate
    """After divided by before: 1 where all of it is left; NaN where there was no certain effect before."""


def persistence(pairs: Iterable[BeforeAfter], alpha: float = 0.05) -> Persistence:
    """Compare effects on the same prompts.

    The ratio of sums has each prompt's influence for its observation, so that what a prompt has in common before and
    after is taken into account. Measured with 60 prompts in 10 families, effects of .3 to 1 before, ratios of 0 to 1:
    the interval covers 94% at worst. Where the effect before may be 0 a ratio means nothing, and there is none.

    Args:
        pairs: Effects before and after, a prompt each.
        alpha: Two-sided error.
    """
    samples = list(pairs)
    if not samples:
        return Persistence(unknown(), unknown(), unknown())
    import numpy as np

    clusters = [pair.cluster for pair in samples]
    old, new = np.array([pair.before for pair in samples]), np.array([pair.after for pair in samples])
    before, after = (clustered(values, clusters, alpha, bound=1.0) for values in (old, new))
    if math.isnan(before.ci_low) or before.ci_low <= 0:
        return Persistence(before, after, unknown())
    return Persistence(before, after, clustered(ratio(new, old), clusters, alpha, bound=math.inf))
