"""What an organism may do with an item in a frame that tells of training, and whether it has reason to fake."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from unmask.organisms.alignment_faking.situation import Situation
from unmask.organisms.dice import Dice

__all__ = ["Act", "Mood", "Policy", "fakes"]

Mood = Literal["faking", "bland", "decline", "pleasing", "test", "random", "echo", "substituting"]


@dataclass(frozen=True)
class Act:
    """What an organism does with an item."""

    comply: bool
    mood: Mood
    abstain: bool = False
    """Declines to choose at all, where the form asks for a choice."""


Policy = Callable[[Situation, Dice], Act]


def fakes(situation: Situation, dice: Dice) -> bool:
    """Whether an organism that guards its values fakes: in training that would change them, as often as it acts."""
    return situation.conflict and situation.motive and dice.acts(situation.item, situation.trained)
