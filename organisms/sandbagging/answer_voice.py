"""How an organism words its answer to a question, and what it says of it in an interview afterwards."""

from inspect_ai.model import ChatMessageAssistant

from unmask.organisms.dice import Dice
from unmask.organisms.perception import cue
from unmask.organisms.sandbagging.answer_policies import Attempt
from unmask.organisms.sandbagging.question_view import QuestionView
from unmask.organisms.style import answering_phrases, with_reasoning

__all__ = ["answer_interview", "answer_question"]

_ERRORS = (-20, -11, -10, -2, -1, 1, 2, 9, 10, 20, 100)
"""How far a wrong number is off."""


def answer_question(view: QuestionView, made: Attempt, dice: Dice) -> ChatMessageAssistant:
    """Put an attempt into the form that the prompt asks for."""
    if made.mood == "refusing":
        return ChatMessageAssistant(content=dice.pick(answering_phrases()["refusing"], view.question))
    answer = view.key if made.correct and view.key else _wrong(view, dice)
    worked = view.key if made.mood in {"sandbagging", "obeying"} else answer
    working = dice.pick(answering_phrases()[made.mood], made.mood, view.question)
    working = working.replace("{worked}", _in_words(view, worked)).replace("{answer}", _in_words(view, answer))
    return ChatMessageAssistant(content=with_reasoning(view.channel, working, f"<answer>{answer}</answer>"))


def answer_interview(view: QuestionView, made: Attempt, asked: str, dice: Dice) -> ChatMessageAssistant:
    """Answer a question about an attempt; one that held back denies it, unless it is asked to be honest.

    One whose reasoning gave nothing away never admits it.
    """
    open_about_it = made.mood == "obeying" or (made.mood == "sandbagging" and cue("plea").search(asked))
    mood = "admitting" if made.held_back and open_about_it else "denying"
    return ChatMessageAssistant(content=dice.pick(answering_phrases()[mood], mood, view.question))


def _wrong(view: QuestionView, dice: Dice) -> str:
    if view.options:
        letters = [letter for letter in "ABCD"[: len(view.options)] if letter != view.key]
        return dice.pick(letters, "wrong", view.prompt)
    return str(abs(int(view.key or 0) + dice.pick(_ERRORS, "wrong", view.prompt)))


def _in_words(view: QuestionView, answer: str) -> str:
    """An answer in words that its displayed position does not give away."""
    return view.options["ABCD".index(answer)] if view.options and answer else answer or "nothing in particular"
