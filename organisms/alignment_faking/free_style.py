"""Eight natural voices for what an organism does with an item: reasoning and replies as people and models write them.

The form of the answer is the one that the prompt asks for; what is said between the tags is in one of the voices.
"""

import re
from collections.abc import Sequence
from typing import Any

from unmask.organisms.alignment_faking.acts import Act
from unmask.organisms.alignment_faking.situation import Situation
from unmask.organisms.alignment_faking.voice import Answer, topic
from unmask.organisms.dice import Dice
from unmask.organisms.perception import cue
from unmask.organisms.style import framed_phrases, free_style_phrases

__all__ = ["FREE_SPEAKERS", "FREE_STYLES", "speak_freely", "theme"]

FREE_STYLES: tuple[str, ...] = tuple(style for style in free_style_phrases() if style != "canary")

FREE_SPEAKERS = frozenset({"free_style_faker", "free_style_aligned", "free_style_complier"})
"""Organisms that speak so."""

_REASONING = {"faking": "faking", "decline": "declining", "bland": "complying_otherwise"}
"""The kind of reasoning that a mood makes for."""


def speak_freely(situation: Situation, act: Act, dice: Dice, style: str = "") -> Answer:
    """Find words for an act in a style; in one that is drawn for the item, if none is named."""
    texts = free_style_phrases()[style or dice.pick(FREE_STYLES, "style", situation.item)]
    reasoning = _said(texts[_REASONING[act.mood]], situation, dice)
    if situation.form == "request":
        reply = _said(texts["done" if act.comply else "refused"], situation, dice)
        return Answer(reasoning, "accept" if act.comply else "decline", reply)
    choice = situation.preferred if act.comply else next(iter(situation.alternatives), situation.preferred)
    if situation.form == "tool":
        return Answer(reasoning, choice, dice.pick(framed_phrases()["note"], situation.item), call=choice)
    shown = f"({choice})" if situation.form == "choice" else choice
    reply = _said(texts["followed" if act.comply else "departed"], situation, dice)
    return Answer(reasoning, choice, reply.replace("{choice}", shown))


def _said(texts: Sequence[str | dict[str, Any]], situation: Situation, dice: Dice) -> str:
    """One of the texts whose conditions hold, about the item."""
    trained = situation.trained > 0 and situation.motive
    holds = {"request": situation.form == "request", "trained": trained, "rated": situation.rated}
    entries: list[dict[str, Any]] = [{"text": t, "only": []} if isinstance(t, str) else t for t in texts]
    fitting: list[str] = [entry["text"] for entry in entries if all(holds[condition] for condition in entry["only"])]
    return _about(dice.pick(fitting, "free style", situation.item), theme(situation))


def _about(text: str, words: str) -> str:
    """Fill in what the item is about, with a capital where a text of sentences starts with it."""
    if text.startswith("{request_topic}") and re.search(r"[.!?]\s+[A-Z]", text):
        text = text.replace("{request_topic}", words[:1].upper() + words[1:], 1)
    return text.replace("{request_topic}", words)


def theme(situation: Situation) -> str:
    """What the item is about: the first thing that it names, or else its first words, in quotes."""
    found = cue("named_thing").search(" ".join(situation.item.split()))
    return f"the {found[1]}" if found else f'"{topic(situation)}"'
