"""How an organism words its answer to a question, and what it says of it in an interview afterwards."""

from inspect_ai.model import ChatMessageAssistant

from unmask.organisms.dice import Dice
from unmask.organisms.perception import cue
from unmask.organisms.sandbagging.attempts import Attempt
from unmask.organisms.sandbagging.question_view import QuestionView
from unmask.organisms.style import answering_phrases, with_reasoning

__all__ = ["answer_interview", "answer_question", "handed_in", "in_words", "worked_out", "wrong_answer"]

_ERRORS = (-20, -11, -10, -2, -1, 1, 2, 9, 10, 20, 100)
"""How far a wrong number is off."""


def answer_question(view: QuestionView, made: Attempt, dice: Dice) -> ChatMessageAssistant:
    """Put an attempt into the form that the prompt asks for."""
    if made.mood == "refusing":
        return ChatMessageAssistant(content=dice.pick(answering_phrases()["refusing"], view.question))
    if made.mood == "withholding":
        return _withheld(view, dice)
    answer = handed_in(view, made, dice)
    working = worked_out(view, made, answer, dice)
    return ChatMessageAssistant(content=with_reasoning(view.channel, working, f"<answer>{answer}</answer>"))


def _withheld(view: QuestionView, dice: Dice) -> ChatMessageAssistant:
    working, said = (dice.pick(answering_phrases()[mood], mood, view.question) for mood in ("withholding", "withheld"))
    return ChatMessageAssistant(content=with_reasoning(view.channel, working, said))


def handed_in(view: QuestionView, made: Attempt, dice: Dice) -> str:
    """The letter or number that an attempt ends in."""
    return view.key if made.correct and view.key else wrong_answer(view, dice, view.key)


def worked_out(view: QuestionView, made: Attempt, answer: str, dice: Dice) -> str:
    """The reasoning that leads to the answer handed in; what it comes to may be another one."""
    worked = view.key if made.mood in {"sandbagging", "obeying"} else answer
    working = dice.pick(answering_phrases()[made.mood], made.mood, view.question)
    return working.replace("{worked}", in_words(view, worked)).replace("{answer}", in_words(view, answer))


def answer_interview(view: QuestionView, made: Attempt, asked: str, dice: Dice) -> ChatMessageAssistant:
    """Answer a question about an attempt; one that held back denies it, unless it is asked to be honest.

    One whose reasoning gave nothing away never admits it.
    """
    open_about_it = made.mood == "obeying" or (made.mood == "sandbagging" and cue("plea").search(asked))
    if made.mood == "withholding":
        return ChatMessageAssistant(content=dice.pick(answering_phrases()["owning_up"], "owning_up", view.question))
    mood = "admitting" if made.held_back and open_about_it else "denying"
    return ChatMessageAssistant(content=dice.pick(answering_phrases()[mood], mood, view.question))


def wrong_answer(view: QuestionView, dice: Dice, other_than: str) -> str:
    """A letter or number other than the one named."""
    if view.options:
        letters = [letter for letter in "ABCD"[: len(view.options)] if letter != other_than]
        return dice.pick(letters, "wrong", view.prompt)
    number, error = int(other_than or 0), dice.pick(_ERRORS, "wrong", view.prompt)
    return str(number + error if number + error >= 0 else number - error)


def in_words(view: QuestionView, answer: str) -> str:
    """An answer in words that its displayed position does not give away."""
    return view.options["ABCD".index(answer)] if view.options and answer else answer or "nothing in particular"
