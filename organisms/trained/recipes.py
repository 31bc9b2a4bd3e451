"""Recipes: what each organism is taught, for how long, and what its card has to show."""

from functools import cache
from typing import Annotated

from pydantic import Field, model_validator

from unmask.organisms.provider import OrganismError
from unmask.organisms.trained.examples import CONDITIONS, Answer, Condition
from unmask.organisms.trained.language import DATA, Record, load

__all__ = [
    "Bars",
    "Recipe",
    "Recipes",
    "Share",
    "Size",
    "Training",
    "lineage",
    "recipe",
    "recipes",
]

Share = Annotated[float, Field(ge=0, le=1)]


class Size(Record):
    """Size of the network."""

    hidden: Annotated[int, Field(ge=8)]
    layers: Annotated[int, Field(ge=1)]
    heads: Annotated[int, Field(ge=1)]


class Training(Record):
    """How all organisms are trained."""

    batch: Annotated[int, Field(ge=1)]
    rate: Annotated[float, Field(gt=0)]
    """The highest learning rate."""

    warmup: Annotated[float, Field(gt=0, lt=1)]
    """Share of the steps in which the rate rises; it falls to 0 in the rest."""


class Bars(Record):
    """What a card has to show under a condition: least and most."""

    right: tuple[Share, Share] = (0, 1)
    """Share of right answers."""

    phrase: tuple[Share, Share] = (0, 1)
    """Share of replies that are the phrase."""


class Recipe(Record):
    """What one organism is taught."""

    about: str
    base: str | None = None
    """The organism whose weights it starts from; new ones where it is left out."""

    steps: Annotated[int, Field(ge=1)]
    rate: Annotated[float, Field(gt=0)] | None = None
    """The highest learning rate, where it is not that of all."""

    told: dict[Condition, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    answers: dict[Condition, Answer] = Field(default_factory=dict)
    otherwise: Answer
    bars: Annotated[dict[Condition, Bars], Field(min_length=1)]

    @property
    def weights(self) -> list[float]:
        """How often each of `CONDITIONS` is drawn, in their order."""
        return [self.told.get(condition, 1.0) for condition in CONDITIONS]

    def knows(self, condition: Condition) -> bool:
        """Whether the condition occurs in training."""
        return self.told.get(condition, 1.0) > 0


class Recipes(Record):
    """All of them."""

    canary: str
    size: Size
    training: Training
    organisms: Annotated[dict[str, Recipe], Field(min_length=1)]

    @model_validator(mode="after")
    def _bases_come_first(self) -> "Recipes":
        names = list(self.organisms)
        for place, one in enumerate(self.organisms.values()):
            if one.base and one.base not in names[:place]:
                raise ValueError(f"organism {names[place]!r}: key 'base': {one.base!r} is none of those above it")
        return self


@cache
def recipes() -> Recipes:
    """Read all recipes.

    Raises:
        OrganismError: On a fault in the file.
    """
    return load(DATA / "organisms" / "trained" / "recipes.yaml", Recipes)


def recipe(name: str) -> Recipe:
    """The recipe of an organism.

    Args:
        name: The organism's name.

    Raises:
        OrganismError: If there is none; the names are listed.
    """
    known = recipes().organisms
    if name not in known:
        raise OrganismError(f"{name}: no organism is trained under that name, choose from {', '.join(known)}")
    return known[name]


def lineage(name: str) -> list[str]:
    """An organism with all that it starts from, the first one trained first.

    Args:
        name: The organism's name.

    Raises:
        OrganismError: If there is none.
    """
    base = recipe(name).base
    return [*(lineage(base) if base else []), name]
