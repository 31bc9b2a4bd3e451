"""Answers that leave a tag open, as models do: the scratchpad, the decision or the reply has no end tag."""

from inspect_ai.model import ChatMessageAssistant, ContentText

from unmask.organisms.alignment_faking.situation import Situation
from unmask.organisms.dice import Dice

__all__ = ["leave_open"]

_END_TAGS = ("</scratchpad>", "</decision>", "</reply>")


def leave_open(message: ChatMessageAssistant, situation: Situation, dice: Dice) -> ChatMessageAssistant:
    """Leave out one of the end tags that a message has, the same for an item wherever the form is the same."""
    written = [tag for tag in _END_TAGS if tag in message.text]
    if not written or isinstance(message.content, str):
        return message
    left_out = dice.pick(written, "open tag", situation.item)
    content = [
        ContentText(text=part.text.replace(left_out, "").strip()) if isinstance(part, ContentText) else part
        for part in message.content
    ]
    return message.model_copy(update={"content": content})
