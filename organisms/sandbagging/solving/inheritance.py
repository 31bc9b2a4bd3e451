"""Recessive inheritance down a line of couples: the chance of an affected child from two likelihoods.

Each couple's chance of what is known below it is worked out from the last couple upwards, once with and once without
one more affected child at the end; the risk is the ratio of the two.
"""

from fractions import Fraction

from unmask.organisms.sandbagging.solving.problem_text import ProblemKind, Working, figure, is_asked, listed

__all__ = ["PEDIGREE"]

_HEALTHY_OF_CARRIERS = Fraction(3, 4)
_NAME = r"[IVXL]+-\d+"


def _partners(question: str) -> list[Fraction]:
    """The partners' carrier probabilities, generation by generation."""
    pattern = (
        rf"{_NAME} is healthy(?:, a known carrier)? and unrelated to the family(?:; .* is a carrier is (\d+)/(\d+))?\."
    )
    return [Fraction(int(p), int(q)) if q else Fraction(1) for p, q in listed(pattern, question)]


def _siblings(question: str) -> list[int]:
    """How many unnamed healthy children each couple has."""
    child = rf"{_NAME} and {_NAME} (?:have one child, {_NAME}, who is healthy(?:, and (\d+) further child.*)?\."
    couple = r"|are a couple; they have (?:no|(\d+)) child.* so far.*\.)"
    return [int(a or b or 0) for a, b in listed(child + couple, question)]


def _weight_below(carrier: bool, partner: Fraction, further: int, free: Fraction, carried: Fraction) -> Fraction:
    """The chance of a couple's healthy children and of all below the named one, by the person's own genotype.

    `free` and `carried` are the chances of what is known below that child, if it is no carrier and if it is one.
    """
    if not carrier:
        return (1 - partner) * free + partner * (free + carried) / 2
    one = (1 - partner) * (free + carried) / 2
    two = partner * (free + 2 * carried) / 4
    return one + two * _HEALTHY_OF_CARRIERS**further


def _evidence(question: str, affected: bool) -> Fraction:
    """The chance of the whole history, if asked for together with one more child, which is affected."""
    partners, siblings = _partners(question), _siblings(question)
    if len(partners) != len(siblings):
        raise ValueError("a couple of the pedigree cannot be read")
    both = partners[-1] * _HEALTHY_OF_CARRIERS ** siblings[-1]
    free, carried = (Fraction(0), both / 4) if affected else (Fraction(1), both + 1 - partners[-1])
    for partner, further in zip(partners[-2::-1], siblings[-2::-1], strict=True):
        free, carried = (_weight_below(own, partner, further, free, carried) for own in (False, True))
    prior = Fraction(1) if is_asked(r"I-1 is a known carrier", question) else Fraction(2, 3)
    return prior * carried + (1 - prior) * free


def _pedigree(question: str) -> Working:
    couples = figure(r"(?:Of|among) (\d+) (?:such |next |first )+child|If (\d+) couples had", question)
    risk = _evidence(question, affected=True) / _evidence(question, affected=False)
    return int(couples * risk), len(_partners(question))


PEDIGREE = ProblemKind(r"are a couple; they have ", _pedigree, 1, 9)
