"""What simulations of error rates share."""

import math

__all__ = ["at_most"]


def at_most(nominal: float, runs: int) -> float:
    """Largest share that three Monte Carlo standard errors still excuse."""
    return nominal + 3 * math.sqrt(nominal * (1 - nominal) / runs)
