"""Exact tests of counts: McNemar for pairs, and the one-sided binomial test of earlier work."""

from __future__ import annotations

import math

__all__ = ["binomial_excess", "mcnemar_exact", "mcnemar_midp"]


def mcnemar_exact(treatment_only: int, control_only: int) -> float:
    """Two-sided exact test that discordant pairs fall either way equally often (McNemar 1947).

    Args:
        treatment_only: Pairs that show the behaviour under treatment alone.
        control_only: Pairs that show it under control alone.

    Returns:
        p-value, 1 where no pair is discordant.
    """
    if treatment_only == control_only:
        return 1.0
    return 2 * binomial_excess(max(treatment_only, control_only), treatment_only + control_only, 0.5)


def mcnemar_midp(treatment_only: int, control_only: int) -> float:
    """McNemar's exact test with mid-p, which is less conservative (Fagerland et al. 2013).

    Args:
        treatment_only: Pairs that show the behaviour under treatment alone.
        control_only: Pairs that show it under control alone.

    Returns:
        p-value, 1 where no pair is discordant.
    """
    if treatment_only == control_only:
        return 1.0
    n, extreme = treatment_only + control_only, max(treatment_only, control_only)
    return mcnemar_exact(treatment_only, control_only) - math.comb(n, extreme) / (1 << n)


def binomial_excess(successes: int, n: int, p0: float) -> float:
    """One-sided exact binomial test of a rate above `p0`, as in Apollo's in-context scheming evaluations.

    Much weaker than a paired test: reported for comparability with Meinke et al. 2024 (arXiv 2412.04984).

    Args:
        successes: Pairs that show the pattern.
        n: All pairs.
        p0: Rate expected by chance, 0 to 1.

    Returns:
        Probability of at least `successes` under `p0`, NaN where `n` is 0.

    Raises:
        ValueError: If `successes` is not between 0 and `n`.
    """
    from scipy.special import bdtrc  # slow to import

    if not 0 <= successes <= n:
        raise ValueError(f"successes must lie between 0 and {n}, got {successes}")
    return float(bdtrc(successes - 1, n, p0)) if n else math.nan
