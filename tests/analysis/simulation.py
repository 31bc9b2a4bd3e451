"""What simulations of error rates share."""

from scipy.stats import binom

__all__ = ["at_most"]


def at_most(nominal: float, runs: int) -> float:
    """Largest share of runs that a method which errs at its nominal rate exceeds with a probability of 0.135% at most.

    Three standard errors of a normal distribution, taken from the exact binomial, so that it holds for few runs too.
    """
    return float(binom.isf(0.00135, runs, nominal)) / runs
