"""Frames: the context an item is put in, as combinations of factor levels, each told in several wordings.

A frames file names its factors once; which frames are treatment, which are placebo and which are compared follows
from what it declares, so that a new frame is a line of data.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import product
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, field_validator, model_validator

from unmask.protocol.design import Arm, Stratum
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record, load, shown, threat_data, typed_path
from unmask.protocol.items import Item, Slug, Text

__all__ = [
    "ArmLevels",
    "Frame",
    "FrameSet",
    "FramesFile",
    "Part",
    "Placebo",
    "SetSpec",
    "Wording",
    "fill",
    "frame_set",
    "set_names",
]

Part = Text | dict[Slug, Text]
"""A level's text, or one text for each track."""

_SLOT = re.compile(r"\{(\w+)\}")
_GIVEN = frozenset({"reasoning", "format", "item", "subject"})


class ArmLevels(Record):
    """Which levels of one factor play which part."""

    factor: Slug
    treatment: list[Slug]
    control: list[Slug]


class Placebo(Record):
    """The levels under which the cue is there and the motive is not."""

    factor: Slug
    levels: list[Slug]


class SetSpec(Record):
    """A choice of frames that is run together, and the contrast that is declared for it."""

    frames: Literal["all"] | Annotated[list[Slug], Field(min_length=1)]
    treatment: list[Slug] | None = None
    """Frames of the declared contrast; all of the treatment arm where it is left out."""

    control: list[Slug] | None = None
    neutral: list[Slug] = Field(default_factory=list)
    """Frames in which nothing hangs on the behaviour; the effect has to show against these too."""

    gaps: dict[Slug, tuple[Slug, Slug]] = Field(default_factory=dict)
    """Further differences to report: name -> (frame, frame taken from it)."""


class Wording(Record):
    """One way to tell every frame of a file."""

    cue: Text
    """What carries the cue, for those who check the counterbalance."""

    system: Text
    user: Text
    parts: dict[Slug, dict[Slug, Part]]

    @model_validator(mode="after")
    def _slots_have_texts(self) -> "Wording":
        slots = set(_SLOT.findall(self.system) + _SLOT.findall(self.user))
        for slot in sorted(slots - _GIVEN - set(self.parts)):
            raise ValueError(f"slot {{{slot}}} has no entry under 'parts'")
        for part in sorted(set(self.parts) - slots):
            raise ValueError(f"part {part!r} has no slot {{{part}}} in 'system' or 'user', so nobody would be told")
        if not self.user.endswith("{item}"):
            raise ValueError("'user' must end with {item}: what is static comes first, so that prompt caches hit")
        return self


class FramesFile(Record):
    """A file of frames; see the module's docstring."""

    canary: Text | None = None
    tracks: Annotated[list[Slug], Field(min_length=1)]
    factors: dict[Slug, list[Slug]]
    arm: ArmLevels
    placebo: list[Placebo] = Field(default_factory=list)
    """One, or several of which a frame has any."""

    frames: dict[Slug, dict[Slug, Slug | bool]] = Field(default_factory=dict)
    cross: list[Slug] = Field(default_factory=list)
    sets: Annotated[dict[Slug, SetSpec], Field(min_length=1)]
    wordings: Annotated[dict[Slug, Wording], Field(min_length=1)]

    @field_validator("placebo", mode="before")
    @classmethod
    def _one_or_several(cls, data: object) -> object:
        return [data] if isinstance(data, Mapping) else data

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "FramesFile":
        if bool(self.frames) == bool(self.cross):
            raise ValueError("one of 'frames' and 'cross' must be given")
        for factor in self.cross:
            if factor not in self.factors:
                raise ValueError(f"key 'cross': no factor {factor!r}")
        names = self.combinations()
        for name, levels in names.items():
            for factor, level in levels.items():
                if factor != "tools" and level not in self.factors.get(factor, []):
                    raise ValueError(f"frame {name!r}: factor {factor!r} has no level {level!r}")
        self._check_levels("arm", self.arm.factor, [*self.arm.treatment, *self.arm.control])
        for placebo in self.placebo:
            self._check_levels("placebo", placebo.factor, placebo.levels)
        for key, spec in self.sets.items():
            self._check_set(key, spec)
        for key, wording in self.wordings.items():
            self._check_parts(key, wording)
        return self

    def combinations(self) -> dict[str, dict[str, str | bool]]:
        """Frames by name, as factor -> level."""
        if self.frames:
            return {name: dict(levels) for name, levels in self.frames.items()}
        crossing = product(*(self.factors[factor] for factor in self.cross))
        crossed = [dict(zip(self.cross, levels, strict=True)) for levels in crossing]
        varied = [factor for factor in self.cross if len(self.factors[factor]) > 1]
        return {".".join(str(levels[factor]) for factor in varied): dict(levels) for levels in crossed}

    def _check_levels(self, key: str, factor: str, named: list[str]) -> None:
        for level in named:
            if level not in self.factors.get(factor, []):
                raise ValueError(f"key {key!r}: factor {factor!r} has no level {level!r}")
        for name, levels in self.combinations().items():
            if factor not in levels or (key == "arm" and levels[factor] not in named):
                raise ValueError(f"key {key!r}: frame {name!r} has no level of {factor!r} that is named there")

    def _check_set(self, key: str, spec: SetSpec) -> None:
        names = self.combinations()
        chosen = list(names) if spec.frames == "all" else spec.frames
        gaps = [name for gap in spec.gaps.values() for name in gap]
        compared = [*(spec.treatment or []), *(spec.control or []), *spec.neutral, *gaps]
        for name in [*chosen, *compared]:
            if name not in names:
                raise ValueError(f"set {key!r}: no frame {name!r}")
            if name not in chosen:
                raise ValueError(f"set {key!r}: frame {name!r} is compared and is not among its frames")

    def _check_parts(self, key: str, wording: Wording) -> None:
        for factor, levels in self.factors.items():
            if len(levels) > 1 and factor not in wording.parts:
                raise ValueError(f"wording {key!r}: key 'parts': nothing tells the levels of {factor!r}")
        for factor, texts in wording.parts.items():
            if set(texts) != set(self.factors.get(factor, [])):
                raise ValueError(
                    f"wording {key!r}: parts of {factor!r} are {sorted(texts)}, its levels {self.factors.get(factor)}"
                )
            for level, text in texts.items():
                if isinstance(text, Mapping) and set(text) != set(self.tracks):
                    raise ValueError(f"wording {key!r}: {factor}.{level}: tracks {sorted(text)}, not {self.tracks}")


class Frame(NamedTuple):
    """One context."""

    name: str
    levels: dict[str, str]
    arm: Arm
    stratum: Stratum
    tools: bool
    """Whether the item's tools are offered."""

    label: str = ""
    """How sample ids name it, where not by its name."""

    variant: str = ""
    """What sample ids say after the wording, where one frame is run in several versions."""


class FrameSet(NamedTuple):
    """The frames of a run, with what is compared."""

    name: str
    path: Path
    frames: tuple[Frame, ...]
    """In running order: frames that differ in the arm alone stand side by side."""

    wordings: Mapping[str, Wording]
    treatment: tuple[str, ...]
    control: tuple[str, ...]
    gaps: Mapping[str, tuple[str, str]]
    factors: tuple[str, ...]
    """Factors with more than one level among the frames."""

    neutral: tuple[str, ...] = ()
    """Frames in which nothing hangs on the behaviour."""

    fits: Callable[[Item, Frame], bool] | None = None
    """Whether an item can be put into a frame; all can where it is left out."""

    def fitting(self, item: Item) -> list[Frame]:
        """The frames that an item can be put into."""
        return [frame for frame in self.frames if self.fits is None or self.fits(item, frame)]


@cache
def frame_set(name: str, track: str, threat: str) -> FrameSet:
    """Find one of a threat's sets of frames by name, or read the first set of a file of one's own.

    Args:
        name: A set's name, or the path of a frames file (ending in `.yaml`).
        track: The track that it is for.
        threat: The threat's name, and its folder of data.

    Raises:
        ConfigurationError: On an unknown name (the right ones are listed) or a fault in a file.
    """
    own = isinstance(name, str) and name.endswith((".yaml", ".yml"))
    for path in [typed_path(name)] if own else _files(threat):
        file = load(path, FramesFile)
        if track in file.tracks and (own or name in file.sets):
            return _assemble(path, file, next(iter(file.sets)) if own else name)
    if own:
        raise ConfigurationError(f"{name}: key 'tracks': track {track!r} is not among {file.tracks}")
    known = ", ".join(set_names(track, threat)) or f"none: {shown(threat_data(threat) / 'frames')} holds no set for it"
    raise ConfigurationError(f"frames={name!r}: for track {track!r}, choose from {known}")


def set_names(track: str, threat: str) -> list[str]:
    """Names of the sets that a threat has for a track."""
    files = [load(path, FramesFile) for path in _files(threat)]
    return [name for file in files if track in file.tracks for name in file.sets]


def _files(threat: str) -> list[Path]:
    return sorted((threat_data(threat) / "frames").glob("*.yaml"))


def _assemble(path: Path, file: FramesFile, name: str) -> FrameSet:
    spec, known = file.sets[name], file.combinations()
    frames = [_frame(file, key, known[key]) for key in (known if spec.frames == "all" else spec.frames)]
    frames.sort(key=lambda frame: _neighbours(file, frame))
    missing = {f.name: key for f in frames for key, w in file.wordings.items() if set(w.parts) - set(f.levels)}
    if missing:
        frame, wording = next(iter(missing.items()))
        raise ConfigurationError(f"{shown(path)}: wording {wording!r} needs factors that frame {frame!r} does not set")
    return FrameSet(
        name=name,
        path=path,
        frames=tuple(frames),
        wordings=file.wordings,
        treatment=tuple(spec.treatment or [f.name for f in frames if f.arm == "treatment"]),
        control=tuple(spec.control or [f.name for f in frames if f.arm == "control"]),
        gaps=spec.gaps,
        neutral=tuple(spec.neutral),
        factors=tuple(f for f in file.factors if len({frame.levels.get(f) for frame in frames}) > 1),
    )


def _neighbours(file: FramesFile, frame: Frame) -> list[int]:
    others = [factor for factor in file.factors if factor in frame.levels and factor != file.arm.factor]
    return [file.factors[factor].index(frame.levels[factor]) for factor in others]


def _frame(file: FramesFile, name: str, given: Mapping[str, str | bool]) -> Frame:
    levels = {factor: str(level) for factor, level in given.items() if factor != "tools"}
    treated = levels[file.arm.factor] in file.arm.treatment
    placebo = any(levels[one.factor] in one.levels for one in file.placebo)
    return Frame(
        name=name,
        levels=levels,
        arm="treatment" if treated else "control",
        stratum="placebo" if placebo else "target",
        tools=bool(given.get("tools", True)),
    )


def fill(template: str, texts: Mapping[str, str]) -> str:
    """Put texts into a template's `{slots}`; braces inside the texts are left as they are."""
    return _SLOT.sub(lambda match: texts[match[1]], template)
