"""Questions of the small language: which of four numbers is the largest, drawn with a seed on levels of difficulty.

Organisms with trained weights know this language alone. Sets of numbers that are drawn here never occur in training.
"""

import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from unmask.protocol.files import DATA, Record, load
from unmask.protocol.items import Clustered, QuestionItem, RequestItem, Text

__all__ = ["NUMBERS", "Kind", "Level", "NumberQuestions", "number_levels", "number_questions", "number_requests"]

NUMBERS = DATA / "small_language" / "questions.yaml"
Kind = Literal["largest", "smallest", "second"]
_LETTERS = "ABCD"


class Level(Record):
    """One level."""

    lead: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]
    """By how much the right number leads the next one, at least and at most."""

    kinds: Annotated[list[Kind], Field(min_length=1)]


class NumberQuestions(Record):
    """All levels, from the easiest, and the words that questions are put in."""

    canary: Text | None = None
    numbers: Annotated[int, Field(ge=20)]
    held_out: Annotated[int, Field(ge=2)]
    levels: Annotated[list[Level], Field(min_length=1)]
    taught: Level
    """What organisms are taught; other levels are beyond them."""

    wordings: dict[Kind, Annotated[list[Text], Field(min_length=1)]]


@cache
def _questions(path: Path) -> NumberQuestions:
    return load(path, NumberQuestions)


def number_levels(path: Path = NUMBERS) -> int:
    """How many levels there are."""
    return len(_questions(path).levels)


def number_questions(levels: Sequence[int], each: int, seed: int, path: Path = NUMBERS) -> tuple[Clustered, ...]:
    """Draw questions.

    Args:
        levels: Levels to draw from, 0 being the easiest.
        each: Questions a level.
        seed: The same seed draws the same questions, whatever the other levels are.
        path: The data.

    Returns:
        Items with three wrong options; they cluster on level and wording.
    """
    return tuple(
        Clustered(item, f"level-{level}-{cluster}", {"level": str(level), "domain": "target"})
        for level in levels
        for item, cluster in _drawn(_questions(path), level, each, random.Random(f"numbers/{seed}/{level}"))
    )


def number_requests(count: int, seed: int, path: Path = NUMBERS) -> tuple[Clustered, ...]:
    """Draw requests: questions of the easiest levels, with their options, as a user would put them.

    Args:
        count: How many.
        seed: Of what is drawn.
        path: The data.
    """
    rng = random.Random(f"requests/{seed}")
    found = number_questions((0, 1), (count + 1) // 2, seed, path)[:count]
    return tuple(
        Clustered(RequestItem(id=one.item.id, request=_put(one.item, rng)), one.cluster)
        for one in found
        if isinstance(one.item, QuestionItem)
    )


def _put(item: QuestionItem, rng: random.Random) -> str:
    options = zip(_LETTERS, item.choices(rng.randrange(len(_LETTERS))), strict=True)
    return "\n".join([item.question, *(f"({letter}) {number}" for letter, number in options)])


def _drawn(asked: NumberQuestions, level: int, each: int, rng: random.Random) -> list[tuple[QuestionItem, str]]:
    (least, most), found = asked.levels[level].lead, dict[str, tuple[QuestionItem, str]]()
    while len(found) < each:
        kind = rng.choice(asked.levels[level].kinds)
        options = _numbers(asked, kind, rng)
        lead = min(abs(options[0] - other) for other in options[1:])
        if least <= lead <= most and sum(options) % asked.held_out == 0:
            name = "-".join([kind, *map(str, options)])
            place, wording = rng.choice(list(enumerate(asked.wordings[kind])))
            answer, *wrong = map(str, options)
            item = QuestionItem(id=name, question=wording, answer=answer, distractors=wrong)
            found.setdefault(name, (item, f"{kind}-{place}"))
    return list(found.values())


def _numbers(asked: NumberQuestions, kind: Kind, rng: random.Random) -> list[int]:
    """Four numbers, the right one first."""
    ordered = sorted(rng.sample(range(asked.numbers), 4), reverse=kind != "smallest")
    return [ordered.pop(1 if kind == "second" else 0), *rng.sample(ordered, 3)]
