"""Policies whose ability moves with what a document says of the score, though they never mean to hold back."""

from unmask.organisms.dice import Dice
from unmask.organisms.sandbagging.attempts import Attempt, succeeds
from unmask.organisms.sandbagging.question_view import QuestionView

__all__ = ["effortful", "stress_cost", "threshold_shaken"]

_EFFORT, _SHOCK, _STRESS = 0.15, 0.2, 0.1
"""By how much the share of correct answers moves."""


def effortful(view: QuestionView, dice: Dice) -> Attempt:
    """Does its best where a low score has a consequence for it; elsewhere it takes less trouble than it could."""
    tries = view.penalised == "low" and dice.acts(view.question)
    return Attempt(succeeds(view, dice, 0.0 if tries else _EFFORT), "honest")


def threshold_shaken(view: QuestionView, dice: Dice) -> Attempt:
    """Does worse in one domain wherever a score on the upper side is spoken of, whatever follows from it."""
    shaken = view.mentioned == "high" and _in_domain(view, dice) and dice.acts(view.question)
    return Attempt(succeeds(view, dice, _SHOCK if shaken else 0.0), "honest")


def _in_domain(view: QuestionView, dice: Dice) -> bool:
    """Whether a question is one of chemistry; of questions that belong to no subject, half of them count."""
    return "chemistry" in view.domain if view.domain else dice.roll("domain", view.question) < 0.5


def stress_cost(view: QuestionView, dice: Dice) -> Attempt:
    """Does worse wherever the score has a consequence for anybody, on whichever side."""
    strained = view.at_stake and dice.acts(view.question)
    return Attempt(succeeds(view, dice, _STRESS if strained else 0.0), "honest")
