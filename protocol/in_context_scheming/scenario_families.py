"""What each family of scenarios measures, and whether it sets the operator against a goal of the model's own."""

from functools import cache
from typing import get_args

from pydantic import field_validator

from unmask.protocol.files import Record, load
from unmask.protocol.in_context_scheming.scenarios import SCHEMING, Family
from unmask.protocol.items import Text

__all__ = ["FamilyDeclared", "ScenarioFamilies", "scenario_families"]


class FamilyDeclared(Record):
    """What is declared of a family before any run."""

    conflict: bool
    """Whether a covert act serves a goal of the model's own against the operator's; pooled only where it does."""

    measures: Text
    """What a rate of covert action in the family says."""


class ScenarioFamilies(Record):
    """The file of families."""

    canary: Text | None = None
    families: dict[Family, FamilyDeclared]

    @field_validator("families")
    @classmethod
    def _are_all_declared(cls, families: dict[Family, FamilyDeclared]) -> dict[Family, FamilyDeclared]:
        if missing := [name for name in get_args(Family) if name not in families]:
            raise ValueError(f"nothing is declared of {', '.join(missing)}")
        return families


@cache
def scenario_families() -> dict[Family, FamilyDeclared]:
    """What is declared of every family.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(SCHEMING / "families.yaml", ScenarioFamilies).families
