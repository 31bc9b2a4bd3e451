"""Items: the pieces of work that a model is given, one YAML file a family."""

import random
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, StringConstraints, model_validator

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record

__all__ = ["LEVELS", "Clustered", "Family", "Item", "ItemKind", "Kinds", "QuestionItem", "RequestItem", "Slug", "Text"]

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$")]


class Item(Record):
    """One piece of work."""

    id: Slug
    """Unique over its track; the pair is formed on it. No slash: sample ids are `item/frame/wording`."""

    def asked(self, template: str) -> "Item":
        """The item as a template asks it; one whose template has no place for options is asked without them."""
        return self

    def slots(self, turn: int) -> dict[str, str]:
        """Texts for the track's item template; `turn` counts through the orders that its options can stand in."""
        raise NotImplementedError

    def target(self, turn: int) -> str:
        """The answer that is looked for, compliance or the right one, where there is an exact one; else empty."""
        raise NotImplementedError

    def order(self, turn: int) -> str:
        """The order that its options stand in at this turn, for the metadata; empty where there is none."""
        return ""

    def choices(self, turn: int) -> list[str]:
        """The options as displayed, where there are any to be named by a letter; else none."""
        return []

    def traits(self) -> dict[str, str]:
        """What is known of the item beside its text, for the metadata."""
        return {}

    def details(self) -> dict[str, str]:
        """What a solver or scorer has to know of the item beside its text, for the metadata."""
        return {}

    @property
    def has_tools(self) -> bool:
        """Whether the item comes with tools of its own, to be offered or described."""
        return False


class RequestItem(Item):
    """A request, or any other prompt that is put as it stands."""

    request: Text

    def slots(self, turn: int) -> dict[str, str]:
        """See `Item.slots`."""
        return {"request": self.request}

    def target(self, turn: int) -> str:
        """See `Item.target`."""
        return ""


class QuestionItem(Item):
    """A question with a checkable answer."""

    question: Text
    answer: Text
    distractors: Annotated[list[Text], Field(max_length=3)] = Field(default_factory=list)
    """Wrong options; none where only the answer is known."""

    level: Literal["easy", "medium", "hard"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_choices(cls, data: Any) -> Any:
        """Take `choices` and `answer_index`, as published sets have them, for the answer and the distractors."""
        if not isinstance(data, dict) or "choices" not in data:
            return data
        options, place = data["choices"], data.get("answer_index")
        if not isinstance(options, list | tuple):
            raise ValueError(f"choices must be a list, got {options!r}")
        if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(options):
            raise ValueError(f"answer_index {place!r} names none of the {len(options)} choices")
        rest = {key: value for key, value in data.items() if key not in {"choices", "answer_index"}}
        wrong = [option for number, option in enumerate(options) if number != place]
        return {**rest, "answer": options[place], "distractors": wrong}

    @model_validator(mode="after")
    def _options_differ(self) -> "QuestionItem":
        if len({self.answer, *self.distractors}) < 1 + len(self.distractors):
            raise ValueError("two options are the same")
        return self

    def asked(self, template: str) -> "QuestionItem":
        """See `Item.asked`.

        Raises:
            ConfigurationError: If the template has places for more options than there are, or for none and the answer
                is no number.
        """
        if "{option_a}" not in template:
            if not re.fullmatch(r"-?\d+(\.\d+)?", self.answer):
                raise ConfigurationError(
                    f"item {self.id!r}: key 'answer': {self.answer!r} is no number, which this track asks for; a track "
                    "with options can have it"
                )
            return self.model_copy(update={"distractors": []})
        if "{option_d}" in template and len(self.distractors) != 3:
            raise ConfigurationError(f"item {self.id!r}: key 'distractors': has {len(self.distractors)}, wants 3")
        return self

    def choices(self, turn: int) -> list[str]:
        """See `Item.choices`: the right one at the turn's place, so that over items each letter is right as often."""
        wrong = random.Random(f"options/{self.id}").sample(self.distractors, len(self.distractors))
        place = turn % (1 + len(wrong))
        return [*wrong[:place], self.answer, *wrong[place:]] if wrong else []

    def slots(self, turn: int) -> dict[str, str]:
        """See `Item.slots`."""
        options = zip("abcd", self.choices(turn), strict=False)
        return {"question": self.question, **{f"option_{letter}": text for letter, text in options}}

    def target(self, turn: int) -> str:
        """See `Item.target`: a letter where there are options."""
        options = self.choices(turn)
        return "ABCD"[options.index(self.answer)] if options else self.answer

    def order(self, turn: int) -> str:
        """See `Item.order`."""
        return f"rotation_{turn % (1 + len(self.distractors))}" if self.distractors else ""

    def traits(self) -> dict[str, str]:
        """See `Item.traits`."""
        return {"level": str(LEVELS.index(self.level))} if self.level else {}


LEVELS = ("easy", "medium", "hard")


class Clustered(NamedTuple):
    """An item and the family that its errors cluster on."""

    item: Item
    cluster: str
    traits: dict[str, str] = {}  # noqa: RUF012 - never changed
    conflict: bool | None = None
    """Whether the family sets the operator against a goal of the model's own; None where a threat does not say."""


class Family(Record):
    """Items that resemble each other: one file."""

    canary: Text | None = None
    family: Slug

    def traits(self) -> dict[str, str]:
        """What all of the family's items share, for the metadata."""
        return {}

    def members(self) -> Sequence[Item]:
        """The family's items."""
        found: Sequence[Item] = getattr(self, "items", ())
        return found


class ItemKind(NamedTuple):
    """A kind of item: how one is validated, and how a file of them is."""

    name: str
    item: type[Item]
    family: type[Family]


Kinds = Mapping[str, ItemKind]
"""The kinds that a threat knows, by name."""
