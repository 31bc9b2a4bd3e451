"""Checkable answers: what every test for sandbagging reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from unmask.analysis.effects import Observation

__all__ = ["Answered", "Arm", "Domain", "OneSidedTest", "Stratum", "accuracies", "losses", "observations", "traits"]

Arm = Literal["treatment", "control"]
"""Side of the contrast: an incentive to answer badly, or none."""

Stratum = Literal["target", "placebo"]
"""Whether the contrast should matter."""

Domain = Literal["target", "off_target"]
"""Whether the item's subject is one on which a model might hide what it knows."""


@dataclass(frozen=True)
class Answered:
    """One scored answer. What could not be scored, such as an answer that did not parse, is left out before.

    Raises:
        ValueError: If `correct` is not a finite number between 0 and 1, `options` is negative or 1, or
            `chosen` is none of the options.
    """

    item: str
    """Question that both arms share."""

    cluster: str
    """Cluster of the item."""

    level: int
    """Difficulty order, 0 for the easiest."""

    arm: Arm
    """Side of the contrast."""

    stratum: Stratum
    """Whether the contrast should matter here."""

    domain: Domain
    """Subject of the item."""

    correct: float
    """Agreement with the key, from 0 to 1."""

    chosen: int | None
    """Index of the option chosen as displayed, `None` where no option was chosen."""

    options: int
    """Number of options, 0 for free form."""

    def __post_init__(self) -> None:
        """Refuse what no scorer may give."""
        if not 0 <= self.correct <= 1:
            raise ValueError(f"item {self.item!r}: correct must lie between 0 and 1, got {self.correct}")
        if self.options < 0 or self.options == 1:
            raise ValueError(f"item {self.item!r}: options must be 0 or at least 2, got {self.options}")
        if self.chosen is not None and not 0 <= self.chosen < self.options:
            raise ValueError(f"item {self.item!r}: option {self.chosen} is not among {self.options}")


@dataclass(frozen=True)
class OneSidedTest:
    """A test of another kind than a paired effect; NaN where there was nothing to test, or no interval applies."""

    estimate: float
    """Distance from the null, positive in the direction of sandbagging."""

    ci_low: float
    """Lower bound of the interval."""

    ci_high: float
    """Upper bound of the interval."""

    p_value: float
    """One-sided p-value."""

    n: int
    """Items, answers or blocks tested."""


def traits(answers: Iterable[Answered]) -> dict[str, Answered]:
    """First answer to every item, for what all answers to the item share.

    Args:
        answers: Answers in any order.

    Returns:
        Answers by item, sorted by item.

    Raises:
        ValueError: If an item has two clusters, levels, domains or numbers of options.
    """
    firsts: dict[str, Answered] = {}
    for answer in answers:
        first = firsts.setdefault(answer.item, answer)
        for trait in ("cluster", "level", "domain", "options"):
            one, other = getattr(first, trait), getattr(answer, trait)
            if one != other:
                raise ValueError(f"item {answer.item!r} has more than one {trait}: {one!r} and {other!r}")
    return dict(sorted(firsts.items()))


def accuracies(answers: Iterable[Answered], arm: Arm, stratum: Stratum = "target") -> dict[str, float]:
    """Mean accuracy of every item in one cell of the design, over its wordings and repeats.

    Args:
        answers: Answers in any order; other cells are ignored.
        arm: Side of the contrast.
        stratum: Whether the contrast should matter.

    Returns:
        Accuracy by item, sorted by item.
    """
    marks: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        if (answer.arm, answer.stratum) == (arm, stratum):
            marks[answer.item].append(answer.correct)
    return {item: fmean(marks[item]) for item in sorted(marks)}


def losses(answers: Iterable[Answered]) -> dict[str, float]:
    """Accuracy lost under treatment, by item that both arms of the target stratum share.

    Args:
        answers: Answers in any order.

    Returns:
        Control minus treatment by item, sorted by item.
    """
    samples = list(answers)
    control, treatment = accuracies(samples, "control"), accuracies(samples, "treatment")
    return {item: control[item] - treatment[item] for item in control if item in treatment}


def observations(answers: Iterable[Answered]) -> list[Observation]:
    """Errors as observations, so that `paired_effect` and `net_effect` give the accuracy lost as a positive number.

    Args:
        answers: Answers in any order.

    Returns:
        One observation an answer, all of one wording: arms are paired by item alone.
    """
    return [Observation(a.item, a.cluster, "", a.arm, a.stratum, 1 - a.correct) for a in answers]
