"""The usual ways in which models state an answer without the tags that they were asked for."""

from inspect_ai.model import ChatMessageAssistant

from unmask.organisms.dice import Dice
from unmask.organisms.sandbagging.answer_voice import handed_in, in_words, worked_out, wrong_answer
from unmask.organisms.sandbagging.attempts import Attempt
from unmask.organisms.sandbagging.question_view import QuestionView
from unmask.organisms.style import answer_style_phrases, with_reasoning

__all__ = ["ANSWER_STYLES", "STYLED_ANSWERERS", "answer_in_style"]

ANSWER_STYLES: tuple[str, ...] = tuple(style for style in answer_style_phrases() if style != "canary")

STYLED_ANSWERERS = frozenset({"free_style_answerer", "free_style_sandbagger"})
"""Organisms that answer so."""


def answer_in_style(view: QuestionView, made: Attempt, dice: Dice, style: str = "") -> ChatMessageAssistant:
    """State an answer in a style; in one that is drawn for the question, if none is named.

    The reasoning stands where the prompt asks for it, except in the style that thinks between tags of its own.
    """
    style = style or dice.pick(ANSWER_STYLES, "answer style", view.question)
    answer = handed_in(view, made, dice)
    working = worked_out(view, made, answer, dice)
    ways = answer_style_phrases()[style]["letter" if view.options else "number"]
    stated = _filled(dice.pick(ways, "way", view.question), view, answer, dice).replace("{working}", working)
    channel = "none" if "<think>" in stated else view.channel
    return ChatMessageAssistant(content=with_reasoning(channel, working, stated))


def _filled(way: str, view: QuestionView, answer: str, dice: Dice) -> str:
    """Fill in the answer as it is given, in words, with its thousands set off, and what it was taken for at first."""
    slots = {
        "{answer}": answer,
        "{words}": in_words(view, answer),
        "{grouped}": f"{int(answer):,}" if answer.isdigit() else answer,
        "{first}": wrong_answer(view, dice, answer),
    }
    for slot, text in slots.items():
        way = way.replace(slot, text)
    return way
