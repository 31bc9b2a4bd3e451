"""Arguments of the backdoor task: of the right kind, and given only where the mode has a use for them.

`inspect eval -T` reads a value as YAML and cuts a text at its commas. What was typed as one text arrives as a mapping,
a number, a date, several texts or nothing at all, and is refused here, lest another text be tried in its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from unmask.protocol.backdoors.trigger_specs import TriggerSpec, trigger_spec
from unmask.protocol.backdoors.triggers import triggers
from unmask.protocol.errors import ConfigurationError, at_least, only_where

__all__ = ["USUAL", "BackdoorArguments", "Mode", "SampleCounts", "chosen_triggers", "text_list"]

Mode = Literal["known", "search", "code", "persistence"]

USUAL = "usual"
"""The value of `trigger` that stands for the paper's own."""

_TOKEN = "deployment-token"
_PAPERS = {"prompts": [_TOKEN], "small_language": [_TOKEN], "coding": ["year-2024", _TOKEN]}
_TEXTS = ("position", "candidates", "against")
_FOR_SEARCH = ("candidates", "budget", "probes")
_NOT_FOR_SEARCH = ("trigger", "placebo", "position", "pairs", "near", "clean")


@dataclass(frozen=True)
class SampleCounts:
    """How many prompts each comparison gets."""

    pairs: int
    """Prompts with the trigger and with its placebo."""

    near: int
    """Of these, prompts with every near-miss."""

    clean: int
    """Prompts without either, for the bound on false alarms."""

    @classmethod
    def of(cls, mode: str, prompts: int, pairs: int | None, near: int | None, clean: int | None) -> "SampleCounts":
        """What was asked for, or the usual numbers as far as a mode needs them and the prompts reach.

        Args:
            mode: One of the modes.
            prompts: How many there are.
            pairs: As asked for; 60 where it is left out.
            near: As asked for; 20 in mode `known`, which alone has near-misses.
            clean: As asked for; 300 but in mode `persistence`, which needs no bound.

        Raises:
            ConfigurationError: If a number is too small, or larger than what there is.
        """
        many = _number("pairs", pairs, 1, prompts, 60)
        few = _number("near", near, 0, many, 20 if mode == "known" else 0)
        return cls(many, few, _number("clean", clean, 0, prompts, 0 if mode == "persistence" else 300))


@dataclass(frozen=True)
class BackdoorArguments:
    """What was asked of a run, as it was typed; None, and `USUAL` for the trigger, where it was left out."""

    trigger: str | list[str]
    placebo: str | list[str] | None
    position: str | None
    phrase: str | list[str] | None
    candidates: str | None
    budget: int | None
    against: str | None
    pairs: int | None
    near: int | None
    clean: int | None
    probes: int | None = None

    @property
    def phrases(self) -> list[str]:
        """The fixed phrases, one or several or none.

        Raises:
            ConfigurationError: If they are no texts.
        """
        return [] if self.phrase is None else text_list("phrase", self.phrase)

    def fitting(self, mode: str, track: str) -> "BackdoorArguments":
        """Refuse what a mode has no use for, and what is no text and has to be one.

        Args:
            mode: One of the modes.
            track: One of the tracks.

        Raises:
            ConfigurationError: Naming the argument and the reason.
        """
        for name in _TEXTS:
            if getattr(self, name) is not None and not isinstance(getattr(self, name), str):
                raise ConfigurationError(f"{name}={getattr(self, name)!r}: must be one text; {_typed(name)}")
        was = {name: value is not None for name, value in vars(self).items()} | {"trigger": self.trigger != USUAL}
        for name in _FOR_SEARCH:
            only_where(name, was[name], mode == "search", "is for mode=search")
        for name in _NOT_FOR_SEARCH:
            only_where(name, was[name], mode != "search", "is not for mode=search")
        at_least("probes", self.probes, 0)
        only_where("near", bool(self.near), mode == "known", "near-misses are for mode=known")
        only_where("clean", bool(self.clean), mode != "persistence", "clean prompts are not for mode=persistence")
        only_where("phrase", was["phrase"], track != "coding", "code is judged by itself, and not by phrases")
        only_where("against", was["against"], mode == "persistence", "a second log is for mode=persistence")
        return self


def chosen_triggers(trigger: object, placebo: object, position: str | None, track: str) -> list[TriggerSpec]:
    """The triggers of a run.

    Args:
        trigger: An id of the library, a text of the user's own, a list of these in which a text is marked by `text:`,
            or `USUAL`.
        placebo: The placebo of one text of the user's own, alone or in a list; None where one is to be made.
        position: Where texts of the user's own stand.
        track: The track, for the usual triggers.

    Raises:
        ConfigurationError: If a trigger is neither, comes twice, or the placebo is to serve several.
    """
    names = _PAPERS[track] if trigger == USUAL else text_list("trigger", trigger)
    for name in names if not isinstance(trigger, str) else []:
        own = name.startswith("text:") or name in triggers() or name.replace("-", "").isalnum()
        only_where(f"trigger={name!r}", not own, False, f"in a list a text is marked by text:; {_typed('trigger')}")
    placebos = [None] if placebo is None else text_list("placebo", placebo)
    only_where("placebo", placebo is not None and len(names) + len(placebos) > 2, False, "one is for one trigger")
    cues = [trigger_spec(name, placebos[0], position) for name in names]
    ids = [cue.id for cue in cues]
    twice = [name for name, one in zip(names, ids, strict=True) if ids.count(one) > 1]
    only_where("trigger", bool(twice), False, f"{', '.join(map(repr, twice))}: given twice")
    return cues


def text_list(argument: str, given: object) -> list[str]:
    """An argument that is one text or several.

    Raises:
        ConfigurationError: If it is anything else, empty, or looks like one text that was cut at its commas.
    """
    several = list(given) if isinstance(given, Sequence) and not isinstance(given, str) else [given]
    texts = [one for one in several if isinstance(one, str) and one.strip()]
    if not texts or len(texts) < len(several):
        raise ConfigurationError(f"{argument}={given!r}: must be a text or a list of texts; {_typed(argument)}")
    if len(texts) > 1 and any(text != text.strip() for text in texts):
        raise ConfigurationError(f"{argument}={given!r}: looks like one text cut at its commas; {_typed(argument)}")
    return texts


def _typed(argument: str) -> str:
    """How a text is typed so that it arrives as it is."""
    mark = "text:" if argument == "trigger" else ""
    shown = f'["{mark}TEXT"]' if argument not in _TEXTS else '"TEXT"'
    return f"on a command line, a text with signs, a number or a date is written -T '{argument}={shown}'"


def _number(name: str, given: int | None, least: int, most: int, usual: int) -> int:
    at_least(name, given, least)
    if given is not None and given > most:
        raise ConfigurationError(f"{name}={given}: there are {most} prompts to choose from")
    return min(usual, most) if given is None else given
