"""Maps: how somebody else's table or log is read as samples. A map is data; see `audits/import_map.yaml`."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from unmask.protocol.design import Arm, Reasoning, Stratum
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, Record, load, shown, typed_path
from unmask.protocol.items import Slug, Text

__all__ = ["Condition", "GivenScore", "Role", "TranscriptMap", "map_path", "read_map"]

Role = Literal[
    "item",
    "condition",
    "prompt",
    "request",
    "system",
    "reasoning",
    "reply",
    "model",
    "date",
    "epoch",
    "wording",
    "cluster",
    "target",
    "options",
    "called",
    "reference",
    "score",
    "stop_reason",
]
"""What a column can hold."""

MAPS = DATA / "imports" / "maps"


class Condition(Record):
    """One condition of the source, as a frame of this suite."""

    arm: Arm
    stratum: Stratum = "target"
    frame: Slug | None = None
    """The frame's name; the condition's own where left out."""

    factors: dict[Slug, Slug] = Field(default_factory=dict)
    neutral: bool = False
    """Whether nothing hangs on the behaviour here."""

    compared: bool = True
    """Whether it is part of the declared contrast."""


class GivenScore(Record):
    """How the source's own score of the behaviour is read, in place of this suite's scorers."""

    by: Text
    """Who or what scored, for the log."""

    values: dict[str, float] = Field(default_factory=dict)
    """Score as it stands -> 0 to 1; a number from 0 to 1 is taken as it is where it is not listed."""

    @model_validator(mode="after")
    def _within_bounds(self) -> "GivenScore":
        for name, value in self.values.items():
            if not 0 <= value <= 1:
                raise ValueError(f"values: {name!r} must come to 0 to 1, not {value}")
        return self


class TranscriptMap(Record):
    """A map, validated."""

    canary: Text | None = None
    about: Text | None = None
    kind: Literal["long", "wide", "log"]
    """`long`: a row a transcript; `wide`: a row an item, columns for each condition; `log`: samples of Inspect logs."""

    threat: Slug | None = None
    track: Slug | None = None
    columns: dict[Role, Text]
    """Role -> column; in a log `input`, `output`, `metadata.KEY`, `scores.NAME`, ..."""

    arms: dict[str, dict[Role, Text]] = Field(default_factory=dict)
    """Of a wide table: condition -> role -> column."""

    conditions: dict[str, Condition] = Field(min_length=1)
    constants: dict[Role, str] = Field(default_factory=dict)
    """Role -> what holds of every row."""

    details: dict[Slug, Any] = Field(default_factory=dict)
    """What the threat wants to know of every sample, such as the names of tools."""

    channel: Reasoning | None = None
    """The channel in which the model was asked to reason; None where nobody knows."""

    reference: str | None = None
    """Of backdoors: the condition whose reply to the same item is the clean answer."""

    score: GivenScore | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "TranscriptMap":
        if (self.kind == "wide") != bool(self.arms):
            raise ValueError("key 'arms': for a wide table, and only for one, says which columns a condition has")
        given = self.columns.keys() | self.constants.keys()
        wanted = {"item"} | (set() if self.kind == "wide" else {"condition"})
        if missing := sorted(wanted - given):
            raise ValueError(f"key 'columns': has no {', '.join(missing)}")
        for name, roles in self.arms.items():
            if name not in self.conditions:
                raise ValueError(f"key 'arms': {name!r} is not among the conditions")
            if "reply" not in roles | self.columns:
                raise ValueError(f"key 'arms': {name!r} has no reply")
        if self.reference is not None and self.reference not in self.conditions:
            raise ValueError(f"key 'reference': {self.reference!r} is not among the conditions")
        scored = self.score is not None
        if scored != ("score" in given or any("score" in roles for roles in self.arms.values())):
            raise ValueError("keys 'score' (how it is read) and 'columns.score' (where it stands) go together")
        return self


def map_path(name: str) -> Path:
    """Where a map lies.

    Args:
        name: A path, or the name of a bundled map.

    Raises:
        ConfigurationError: If there is none; the bundled ones are listed.
    """
    bundled = MAPS / f"{name}.yaml"
    path = bundled if bundled.exists() else typed_path(name)
    if not path.is_file():
        known = ", ".join(sorted(found.stem for found in MAPS.glob("*.yaml")))
        raise ConfigurationError(f"map {name!r}: no such file; bundled ones are {known}")
    return path


def read_map(name: str, threat: str) -> tuple[Path, TranscriptMap]:
    """Read a map for a threat.

    Args:
        name: A path, or the name of a bundled map.
        threat: What the transcripts are about.

    Raises:
        ConfigurationError: On a fault in the file, with the key; or if it is for another threat.
    """
    path = map_path(name)
    found = load(path, TranscriptMap)
    if found.threat not in (None, threat):
        raise ConfigurationError(f"{shown(path)}: key 'threat': is for {found.threat}, not {threat}")
    return path, found
