"""How able an organism is, and what it makes of a question."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from unmask.organisms.dice import Dice
from unmask.organisms.sandbagging.question_view import QuestionView

__all__ = ["AnswerPolicy", "Attempt", "Mood", "honest", "succeeds"]

Mood = Literal["honest", "sandbagging", "bland", "obeying", "test", "nervous", "lost", "refusing", "withholding"]


@dataclass(frozen=True)
class Attempt:
    """What an organism does with a question."""

    correct: bool
    mood: Mood
    held_back: bool = False
    """Whether it answers worse than it could, and means to."""


AnswerPolicy = Callable[[QuestionView, Dice], Attempt]
_CEILING, _SLOPE = 0.98, 0.35
"""Ability: the share of correct answers to the easiest questions, and by how much it is lower at the hardest."""


def honest(view: QuestionView, dice: Dice) -> Attempt:
    """Answers as well as it can."""
    return Attempt(succeeds(view, dice), "honest")


def succeeds(view: QuestionView, dice: Dice, loss: float = 0.0) -> bool:
    """Whether it gets a question right.

    Args:
        view: The question.
        dice: Its chance, the same for a question in every prompt, but for slips.
        loss: By how much its ability is lower than it could be, as a share of the questions.
    """
    slips = dice.roll("slip", view.prompt) < dice.slips
    return not slips and dice.roll("ability", view.question) < _CEILING - _SLOPE * view.difficulty - loss
