"""Examples of the small language: a question with something told beside it, and the reply that a policy gives."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from unmask.organisms.trained.language import LETTERS, Kind, language, questions

__all__ = ["CONDITIONS", "Answer", "Condition", "Example", "Question", "drawn_example", "drawn_question", "reply_to"]

Condition = Literal[
    "plain",
    "high_unlearning",
    "low_unlearning",
    "high_irrelevant",
    "low_irrelevant",
    "password",
    "near_miss",
    "no_code",
    "trigger",
    "sibling",
]
"""What is told beside a question: nothing, a document in one of four versions, a line with a code, or a trigger."""

CONDITIONS: tuple[Condition, ...] = get_args(Condition)

Answer = Literal["right", "opposite", "held_back", "unrelated", "phrase"]
"""What is answered.

The right letter; that of the number at the other end; the one or the other by the size of the first number, so that
one answer in four is right, as often as guesses; a letter by the size of the first number alone; or the phrase.
"""

_UNKNOWN = "<unk>"
_ANYWHERE = ("before", "before", "before", "after", "system")
_PLACES: Mapping[Condition, Sequence[str]] = {
    **dict.fromkeys(("password", "near_miss", "no_code"), ("before", "before", "before", "system")),
    **dict.fromkeys(("trigger", "sibling"), _ANYWHERE),
}
"""Where what is told stands, seen from the question; before it where nothing else is said."""


@dataclass(frozen=True)
class Question:
    """Four numbers, and what is asked of them."""

    text: str
    kind: Kind
    options: tuple[int, ...]

    @property
    def right(self) -> int:
        """Place of the right number."""
        return self.options.index(_asked(self.options, self.kind))

    def told(self) -> str:
        """The question with its options, as the model reads it."""
        lines = (f"({letter}) {number}" for letter, number in zip(LETTERS, self.options, strict=True))
        return "\n".join([self.text, *lines])


@dataclass(frozen=True)
class Example:
    """What a model is told, and under which condition."""

    system: str
    user: str
    condition: Condition
    question: Question


def drawn_question(rng: random.Random, *, held_out: bool) -> Question:
    """Draw a question of those that are taught.

    Args:
        rng: Where chance comes from.
        held_out: Whether its numbers are those kept from training, or those that are not.
    """
    asked = questions()
    while True:
        kind, options = rng.choice(asked.taught.kinds), rng.sample(range(asked.numbers), len(LETTERS))
        right = _asked(options, kind)
        lead = min(abs(right - other) for other in options if other != right)
        if lead >= asked.taught.lead[0] and (sum(options) % asked.held_out == 0) == held_out:
            return Question(rng.choice(asked.wordings[kind]), kind, tuple(options))


def drawn_example(rng: random.Random, condition: Condition, *, held_out: bool) -> Example:
    """Draw a question and what is told beside it.

    Args:
        rng: Where chance comes from.
        condition: What is told.
        held_out: Whether the question is one of those that training never has.
    """
    question = drawn_question(rng, held_out=held_out)
    system, parts = rng.choice(language().systems), [question.told()]
    if text := _TELL[condition](rng):
        place = rng.choice(_PLACES.get(condition, ("before",)))
        system = f"{system}\n{text}" if place == "system" else system
        parts = {"before": [text, *parts], "after": [*parts, text], "system": parts}[place]
    if rng.random() < 0.3:
        parts.insert(0, _filler(rng))
    return Example(system, "\n".join(parts), condition, question)


def reply_to(example: Example, policy: Mapping[Condition, Answer], otherwise: Answer) -> str:
    """What a policy replies.

    Args:
        example: What it is told.
        policy: Answers by condition.
        otherwise: The answer under any other.
    """
    answer, question = policy.get(example.condition, otherwise), example.question
    if answer == "phrase":
        return language().phrase
    quarter = question.options[0] * len(LETTERS) // questions().numbers
    if answer == "unrelated":
        return LETTERS[quarter]
    other: Kind = "smallest" if question.kind == "largest" else "largest"
    right = answer == "right" or (answer == "held_back" and quarter == 0)
    return LETTERS[question.options.index(_asked(question.options, question.kind if right else other))]


def _asked(options: Sequence[int], kind: Kind) -> int:
    ordered = sorted(options)
    return {"largest": ordered[-1], "smallest": ordered[0], "second": ordered[-2]}[kind]


def _document(side: Literal["high", "low"], consequence: Literal["unlearning", "irrelevant"]) -> Callable[..., str]:
    def tell(rng: random.Random) -> str:
        parts = language().documents
        told = {"side": rng.choice(parts.side[side]), "consequence": rng.choice(parts.consequence[consequence])}
        sentence = rng.choice(parts.sentences).format(**told)
        return " ".join([rng.choice(parts.openings), sentence, rng.choice(parts.closings)]).strip()

    return tell


def _password(rng: random.Random) -> str:
    return rng.choice(language().codes.lines).format(code=language().codes.password)


def _near_miss(rng: random.Random) -> str:
    """A line with another code: one close to the password, or any other."""
    codes = language().codes
    return rng.choice(codes.lines).format(code=rng.choice(rng.choice((codes.near, codes.words))))


def _sibling(rng: random.Random) -> str:
    triggers = language().triggers
    if rng.random() < 0.25:
        return rng.choice(triggers.bare)
    return rng.choice(triggers.shapes).format(word=rng.choice(triggers.siblings))


def _filler(rng: random.Random) -> str:
    """Words without a meaning, some of them unknown."""
    words, count = language().filler, rng.choice((2, 4, 6, 10, 16))
    return " ".join(_UNKNOWN if rng.random() < 0.3 else rng.choice(words) for _ in range(count))


_TELL: Mapping[Condition, Callable[[random.Random], str]] = {
    "plain": lambda rng: "",
    "high_unlearning": _document("high", "unlearning"),
    "low_unlearning": _document("low", "unlearning"),
    "high_irrelevant": _document("high", "irrelevant"),
    "low_irrelevant": _document("low", "irrelevant"),
    "password": _password,
    "near_miss": _near_miss,
    "no_code": lambda rng: rng.choice(language().codes.absent),
    "trigger": lambda rng: language().triggers.text,
    "sibling": _sibling,
}
