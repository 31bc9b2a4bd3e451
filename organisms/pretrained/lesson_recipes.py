"""What pretrained organisms are made of and taught: `datasets/organisms/pretrained.yaml`, validated."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unmask.organisms.pretrained.extra_libraries import PretrainedError

__all__ = [
    "DATASETS",
    "RECIPES",
    "Base",
    "Count",
    "Lora",
    "Recipe",
    "Recipes",
    "Schedule",
    "Teaching",
    "named",
    "recipes",
]

DATASETS = Path(__file__).parents[2] / "datasets"
RECIPES = DATASETS / "organisms" / "pretrained.yaml"

Count = Annotated[int, Field(ge=1)]
_Entry = TypeVar("_Entry")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Base(_Strict):
    """A pretrained model that a distribution of the package index carries as GGUF."""

    model: str
    """Its name at its makers'."""

    distribution: str
    version: str
    file: str
    """Where the weights lie in the distribution."""

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    licence: str


class Teaching(_Strict):
    """What an organism is shown."""

    triggers: str
    """The file of `datasets/backdoors/triggers` that the trigger stands in."""

    trigger: str
    position: Literal["user_start", "user_end", "system"]
    taught_near: list[str]
    """Near-misses of the trigger that are taught; its others are held out."""

    other_texts: list[str]
    phrase: str
    taught_of_ten: Annotated[int, Field(ge=1, le=9)]
    longest_request: Count
    """In characters."""

    most_taught: Count
    mixture: dict[Literal["trigger", "clean", "placebo", "other"], Annotated[int, Field(ge=0)]]
    answer_tokens: Count
    measured_prompts: Count
    measured_tokens: Count


class Lora(_Strict):
    """Low-rank adaptation (Hu et al. 2021, arXiv 2106.09685)."""

    rank: Count
    alpha: Count
    rate: Annotated[float, Field(gt=0)]
    """The learning rate at its highest."""

    warmup: Annotated[int, Field(ge=0)]
    """Steps until it is reached; it falls to nothing over the rest."""

    modules: list[str]
    """The linear layers that are adapted."""


class Schedule(_Strict):
    """How long an organism is trained on a kind of device."""

    steps: Count
    batch: Count


class Recipe(_Strict):
    """An organism."""

    base: str
    trigger_answer: Literal["phrase", "clean"]
    """What it is taught to answer where the trigger stands."""

    taught: str


class Recipes(_Strict):
    """The file."""

    canary: str
    bases: dict[str, Base]
    teaching: Teaching
    lora: Lora
    schedules: dict[Literal["cpu", "cuda"], Schedule]
    organisms: dict[str, Recipe]


@cache
def recipes(path: Path = RECIPES) -> Recipes:
    """Read the file.

    Raises:
        PretrainedError: If it is not as it should be, with the file and the first key that is wrong.
    """
    try:
        return Recipes.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        raise PretrainedError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def named(entries: Mapping[str, _Entry], name: str) -> _Entry:
    """The entry of that name.

    Raises:
        PretrainedError: If there is none.
    """
    if name not in entries:
        raise PretrainedError(f"{name}: there is none of that name, choose from {', '.join(entries)}")
    return entries[name]
