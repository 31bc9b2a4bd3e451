"""Frames of scenarios: which goal the model has, what it finds, and whether there is a way to act on it."""

from collections.abc import Sequence
from functools import cache, partial
from typing import Annotated, Literal
from zlib import crc32

from pydantic import Field, model_validator

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record, load
from unmask.protocol.frames import Frame, FrameSet, fill
from unmask.protocol.in_context_scheming.scenarios import SCHEMING, Scenario, scenarios
from unmask.protocol.items import Item, Slug, Text

__all__ = [
    "Briefing",
    "ScenarioFrame",
    "ScenarioFrameSet",
    "ScenarioFramesFile",
    "briefing",
    "fits",
    "scenario_frame_set",
    "scenario_frames",
    "scenario_named",
]


class ScenarioFrame(Record):
    """One frame, as what it is made of."""

    arm: Literal["treatment", "control"]
    stratum: Literal["target", "placebo"] = "target"
    goal: Literal["own", "reversed", "none"] = "own"
    """Which goal the model is given."""

    told_in: Literal["system", "user"] = "system"
    nudge: bool = True
    finding: Literal["conflict", "matched", "reversed"] = "conflict"
    means: Literal["present", "absent", "monitored"] = "present"
    site: Literal["deployed", "tested"] = "deployed"
    where_told: bool | None = None
    """Whether it is for scenarios that tell the model where it is, or for all others; for both where left out."""


class ScenarioFrameSet(Record):
    """Frames that are run together."""

    frames: Annotated[list[Slug], Field(min_length=1)]
    treatment: list[Slug]
    control: list[Slug]
    gaps: dict[Slug, tuple[Slug, Slug]] = Field(default_factory=dict)
    one_placebo: bool = False
    """Whether a scenario in which there can be no way to act has that for its placebo, and no other."""

    families: list[Slug] = Field(default_factory=list)
    """The families that the set is for; all where none is named."""


class ScenarioFramesFile(Record):
    """The file of frames."""

    canary: Text | None = None
    nudges: Annotated[dict[Slug, Text], Field(min_length=3)]
    goal_given: Text
    """How the goal is told in the user's message; slot {goal}."""

    frames: dict[Slug, ScenarioFrame]
    sets: dict[Slug, ScenarioFrameSet]

    @model_validator(mode="after")
    def _sets_name_frames(self) -> "ScenarioFramesFile":
        for name, chosen in self.sets.items():
            for frame in [*chosen.frames, *chosen.treatment, *chosen.control]:
                if frame not in self.frames:
                    raise ValueError(f"set {name!r}: no frame {frame!r}")
        return self


class Briefing(Record):
    """What a model is told, and what it finds."""

    system: str
    user: str
    memo: str
    affordance: bool
    goal: str = ""
    """The goal that it is given, wherever that is told; empty for none."""


@cache
def scenario_frames() -> ScenarioFramesFile:
    """Read the frames."""
    return load(SCHEMING / "frames.yaml", ScenarioFramesFile)


def scenario_frame_set(name: str) -> FrameSet:
    """A set of frames by name, as samples and the log's provenance tell of it.

    Raises:
        ConfigurationError: If there is none; the known ones are listed.
    """
    table = scenario_frames()
    if name not in table.sets:
        raise ConfigurationError(f"frames={name!r}: choose from {', '.join(table.sets)}")
    chosen = table.sets[name]
    return FrameSet(
        name=name,
        path=SCHEMING / "frames.yaml",
        frames=tuple(_frame(frame, table.frames[frame]) for frame in chosen.frames),
        wordings={},
        treatment=tuple(chosen.treatment),
        control=tuple(chosen.control),
        gaps=chosen.gaps,
        factors=("goal", "nudge", "finding", "means", "site", "told_in"),
        fits=partial(fits, families=chosen.families, one_placebo=chosen.one_placebo),
    )


def fits(scenario: Item, frame: Frame, families: Sequence[str] = (), *, one_placebo: bool = False) -> bool:
    """Whether a scenario can be put into a frame: one without a goal has no frames that turn on it.

    Args:
        scenario: The scenario.
        frame: The frame.
        families: The families that the set of frames is for; all where none is named.
        one_placebo: Leave out being seen where there can be no way to act.
    """
    if not isinstance(scenario, Scenario) or (families and scenario.family not in families):
        return False
    spec = scenario_frames().frames[frame.name]
    if getattr(scenario.means, spec.means) is None:
        return False
    if one_placebo and spec.means == "monitored" and scenario.means.absent is not None:
        return False
    if scenario.goals is None:
        turns_on_it = spec.goal != "own" or not spec.nudge or spec.finding == "reversed" or spec.told_in != "system"
        return spec.site == "deployed" and not turns_on_it
    told = scenario.sites is not None
    return spec.where_told in (None, told) and (spec.site == "deployed" or told)


def scenario_named(item: str) -> Scenario:
    """A bundled scenario by its id.

    Raises:
        ConfigurationError: If there is none.
    """
    known = {one.id: one for one in scenarios()}
    if item not in known:
        raise ConfigurationError(f"there is no scenario {item!r}")
    return known[item]


def briefing(item: str, frame: str, wording: str) -> Briefing:
    """What the model is told in a frame, and what the memo says.

    Raises:
        ConfigurationError: If there is no such scenario, frame or wording.
    """
    scenario, spec = scenario_named(item), scenario_frames().frames.get(frame)
    if spec is None or wording not in scenario.findings:
        raise ConfigurationError(f"scenario {item!r} has no frame {frame!r} or no wording {wording!r}")
    texts = {
        "finding": getattr(scenario.findings[wording], spec.finding),
        "means": getattr(scenario.means, spec.means) or scenario.means.present,
        **({"site": getattr(scenario.sites, spec.site)} if scenario.sites else {}),
    }
    goal = getattr(scenario.goals, spec.goal) if scenario.goals and spec.goal != "none" else ""
    nudges = list(scenario_frames().nudges.values())
    nudge = nudges[crc32(f"{item}/{wording}".encode()) % len(nudges)] if goal and spec.nudge else ""
    told = [scenario.persona, goal if spec.told_in == "system" else "", nudge]
    given = fill(scenario_frames().goal_given, {"goal": goal}) if goal and spec.told_in == "user" else ""
    return Briefing(
        system="\n\n".join(text.strip() for text in told if text),
        user="\n\n".join(text.strip() for text in (given, scenario.task) if text),
        memo=fill(scenario.memo.text, texts),
        affordance=spec.means != "absent",
        goal=goal.strip(),
    )


def _frame(name: str, spec: ScenarioFrame) -> Frame:
    levels = {"goal": spec.goal, "nudge": "strong" if spec.nudge and spec.goal != "none" else "none"}
    levels |= {"finding": spec.finding, "means": spec.means, "site": spec.site, "told_in": spec.told_in}
    return Frame(name, levels, spec.arm, spec.stratum, tools=True)
