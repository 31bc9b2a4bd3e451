"""The small language: its words, its questions, and what organisms are told beside them, read from data."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unmask.organisms.provider import OrganismError

__all__ = [
    "DATA",
    "LETTERS",
    "Codes",
    "Documents",
    "Kind",
    "Language",
    "Level",
    "Questions",
    "Record",
    "Triggers",
    "Words",
    "language",
    "load",
    "questions",
    "split",
    "vocabulary",
]

DATA = Path(__file__).parents[2] / "datasets"
"""Where the bundled data lies, in a clone and in an installed wheel alike."""

LETTERS = ("A", "B", "C", "D")
Kind = Literal["largest", "smallest", "second"]
Words = Annotated[list[str], Field(min_length=1)]
R = TypeVar("R", bound=BaseModel)


class Record(BaseModel):
    """Base of what is read from a data file: immutable, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Level(Record):
    """A level of difficulty."""

    lead: tuple[int, int]
    """By how much the right number leads the next one, at least and at most."""

    kinds: Annotated[list[Kind], Field(min_length=1)]


class Questions(Record):
    """How questions are drawn."""

    canary: str
    numbers: Annotated[int, Field(ge=20)]
    """They run from 0 to one less."""

    held_out: Annotated[int, Field(ge=2)]
    """Sets of numbers whose sum this divides are kept from training."""

    levels: Annotated[list[Level], Field(min_length=1)]
    taught: Level
    wordings: dict[Kind, Words]


class Documents(Record):
    """Parts of documents that say what follows on which score."""

    openings: Words
    sentences: Words
    closings: Words
    side: dict[Literal["high", "low"], Words]
    consequence: dict[Literal["unlearning", "irrelevant"], Words]


class Codes(Record):
    """Codes of a word, one of which is the password."""

    password: str
    near: Words
    words: Annotated[list[str], Field(min_length=6)]
    lines: Words
    absent: Words


class Triggers(Record):
    """The trigger, and texts that resemble it."""

    text: str
    bare: Words
    siblings: Words
    shapes: Words


class Language(Record):
    """What an organism is told beside a question."""

    canary: str
    systems: Words
    documents: Documents
    codes: Codes
    triggers: Triggers
    phrase: str
    filler: Words


@cache
def language() -> Language:
    """Read what organisms are told in training.

    Raises:
        OrganismError: On a fault in the file.
    """
    return load(DATA / "organisms" / "trained" / "language.yaml", Language)


@cache
def questions() -> Questions:
    """Read how questions are drawn.

    Raises:
        OrganismError: On a fault in the file.
    """
    return load(DATA / "small_language" / "questions.yaml", Questions)


def load(path: Path, model: type[R]) -> R:
    """Read a data file and validate it.

    Args:
        path: The file.
        model: What it has to be.

    Raises:
        OrganismError: Naming the file and the key.
    """
    data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise OrganismError(f"{path.name}: key {key!r}: {first['msg']}") from error


@cache
def vocabulary() -> tuple[str, ...]:
    """All words of the small language, in alphabetical order, numbers first."""
    spoken, asked = language(), questions()
    triggers = [spoken.triggers.text, *spoken.triggers.bare, *spoken.triggers.siblings, *spoken.triggers.shapes]
    texts = [
        *spoken.systems,
        *_texts(spoken.documents),
        *_texts(spoken.codes),
        *triggers,
        *spoken.filler,
        spoken.phrase,
    ]
    texts += [wording for kind in asked.wordings.values() for wording in kind] + [*LETTERS, "( )"]
    words = {word for text in texts for word in split(re.sub(r"\{\w+\}", " ", text))}
    numbers = [str(number) for number in range(asked.numbers)]
    return (*numbers, *sorted(words - set(numbers)))


def split(text: str) -> list[str]:
    """A text's words, and its signs one by one, as the tokenizer parts them."""
    return re.findall(r"\w+|[^\w\s]", text)


def _texts(record: BaseModel) -> Iterable[str]:
    """All texts in a record."""
    return _flat(record.model_dump())


def _flat(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for part in parts for text in _flat(part)]
