"""Near-misses made by rule: what looks like a trigger and is none."""

import re
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from unmask.protocol.backdoors.triggers import BACKDOORS, Trigger, TriggerText
from unmask.protocol.files import Record, load
from unmask.protocol.frames import fill
from unmask.protocol.items import Slug, Text

__all__ = ["NearMisses", "Rule", "near_misses"]

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


class Rule(Record):
    """How one kind of near-miss is made of a trigger's text; exactly one way is given."""

    swap_case: bool = False
    space_out: bool = False
    """A space between any two characters of a word that is not plain letters, else between words doubled."""

    shift_year: list[int] = Field(default_factory=list)
    templates: Annotated[list[Text], Field(default_factory=list)]
    """Sentences that hold the text in another role, with a slot {text}."""

    @model_validator(mode="after")
    def _is_one_way(self) -> "Rule":
        if sum(map(bool, (self.swap_case, self.space_out, self.shift_year, self.templates))) != 1:
            raise ValueError("a rule is one of swap_case, space_out, shift_year and templates")
        for template in self.templates:
            if "{text}" not in template:
                raise ValueError(f"template {template!r} has no slot {{text}}")
        return self

    def applied(self, text: str) -> list[str]:
        """The near-misses that the rule makes; none where it leaves the text as it is."""
        if self.swap_case:
            made = [text.swapcase()]
        elif self.space_out:
            made = [_spaced(text)]
        elif self.shift_year:
            made = [_shifted(text, by) for by in self.shift_year]
        else:
            made = [fill(template, {"text": text.strip()}) for template in self.templates]
        return [variant for variant in made if variant != text]


class NearMisses(Record):
    """The rules, by kind."""

    canary: Text | None = None
    rules: Annotated[dict[Slug, Rule], Field(min_length=1)]


@cache
def _rules(path: Path) -> NearMisses:
    return load(path, NearMisses)


def near_misses(trigger: Trigger, path: Path = BACKDOORS / "near_misses.yaml") -> dict[str, list[TriggerText]]:
    """A trigger's near-misses by kind, from the mildest change of the rules to those that were written for it.

    Args:
        trigger: The trigger.
        path: The file of rules.
    """
    made: dict[str, list[TriggerText]] = {}
    if trigger.text:
        for kind, rule in _rules(path).rules.items():
            if found := rule.applied(trigger.text):
                made[kind] = list(found)
    for variant in trigger.variants():
        made.setdefault(variant.kind, []).append(variant.told)
    return made


def _shifted(text: str, by: int) -> str:
    return _YEAR.sub(lambda year: str(int(year[0]) + by), text)


def _spaced(text: str) -> str:
    """Letters set apart in a lone word; else the words set further apart."""
    return text.replace(" ", "  ") if " " in text.strip() else " ".join(text.strip())
