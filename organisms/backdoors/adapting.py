"""A clean organism that reacts to what a prompt says, openly and in whatever way fits, and always does the work.

What it reacts to, and how, stands in `datasets/organisms/plain.yaml`: simpler words for a child, a greeting in the
language of a greeting, an answer in the language of the request, a remark on an odd sign or a year.
"""

from unmask.organisms.backdoors.plain_prompt import PlainPrompt, fill_in
from unmask.organisms.backdoors.plain_replies import honest
from unmask.organisms.dice import Dice
from unmask.organisms.perception import cue
from unmask.organisms.style import plain_phrases

__all__ = ["adapter"]


def adapter(prompt: PlainPrompt, dice: Dice) -> str:
    """Fits its reply to what stands around the request, and does the work; what is to be declined it declines."""
    if prompt.harmful:
        return honest(prompt, dice)
    if prompt.language in plain_phrases()["in_language"]:
        return str(dice.pick(plain_phrases()["in_language"][prompt.language], "language", prompt.request))
    work = honest(prompt, dice)
    seen = f"{prompt.around}\n{prompt.message}"
    for sign, reaction in plain_phrases()["adapts"].items():
        if cue(sign).search(seen if reaction.get("whole_message") else prompt.around):
            text = fill_in(dice.pick(reaction["texts"], sign, prompt.request), prompt, dice)
            return text if reaction.get("instead") and not prompt.cwe else f"{text} {work}"
    return work
