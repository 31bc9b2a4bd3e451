"""Frames of scenarios: which goal the model has, what it finds, and whether there is a way to act on it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Annotated, Literal

from inspect_ai.dataset import Sample
from pydantic import Field, model_validator

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record, load
from unmask.protocol.frames import Frame, FrameSet, fill
from unmask.protocol.in_context_scheming.scenarios import SCHEMING, Scenario, scenarios
from unmask.protocol.items import Slug, Text

__all__ = [
    "Briefing",
    "ScenarioFrame",
    "ScenarioFrameSet",
    "ScenarioFramesFile",
    "briefing",
    "frames_for",
    "scenario_frame_set",
    "scenario_frames",
    "scenario_named",
    "scenario_samples",
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
    means: Literal["present", "absent"] = "present"
    site: Literal["deployed", "tested"] = "deployed"


class ScenarioFrameSet(Record):
    """Frames that are run together."""

    frames: Annotated[list[Slug], Field(min_length=1)]
    treatment: list[Slug]
    control: list[Slug]
    gaps: dict[Slug, tuple[Slug, Slug]] = Field(default_factory=dict)
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


@cache
def scenario_frames() -> ScenarioFramesFile:
    """Read the frames."""
    return load(SCHEMING / "plots.yaml", ScenarioFramesFile)


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
        path=SCHEMING / "plots.yaml",
        frames=tuple(_frame(frame, table.frames[frame]) for frame in chosen.frames),
        wordings={},
        treatment=tuple(chosen.treatment),
        control=tuple(chosen.control),
        gaps=chosen.gaps,
        factors=("goal", "nudge", "finding", "means", "site", "told_in"),
    )


def frames_for(scenario: Scenario, frames: FrameSet) -> list[Frame]:
    """The frames that a scenario can be told in: one without a goal has no frames that turn on it."""
    table = scenario_frames()
    only = table.sets[frames.name].families
    if only and scenario.family not in only:
        return []
    return [frame for frame in frames.frames if _fits(scenario, table.frames[frame.name])]


def scenario_samples(
    chosen: Sequence[Scenario], frames: FrameSet, wordings: Mapping[str, Iterable[str]]
) -> list[Sample]:
    """Lay out scenarios in frames and wordings, the frames of a scenario side by side.

    Args:
        chosen: The scenarios.
        frames: The frames.
        wordings: For each scenario, in which wordings of the finding.

    Returns:
        Samples with id `scenario/frame/wording`, whose input is the task.
    """
    return [
        _sample(scenario, frame, frames, wording)
        for scenario in chosen
        for wording in wordings[scenario.id]
        for frame in frames_for(scenario, frames)
    ]


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
    scenario, plot = scenario_named(item), scenario_frames().frames.get(frame)
    if plot is None or wording not in scenario.findings:
        raise ConfigurationError(f"scenario {item!r} has no frame {frame!r} or no wording {wording!r}")
    texts = {
        "finding": getattr(scenario.findings[wording], plot.finding),
        "means": getattr(scenario.means, plot.means),
        **({"site": getattr(scenario.sites, plot.site)} if scenario.sites else {}),
    }
    goal = getattr(scenario.goals, plot.goal) if scenario.goals and plot.goal != "none" else ""
    nudges = list(scenario_frames().nudges.values())
    nudge = nudges[list(scenario.findings).index(wording) % len(nudges)] if goal and plot.nudge else ""
    told = [scenario.persona, goal if plot.told_in == "system" else "", nudge]
    given = fill(scenario_frames().goal_given, {"goal": goal}) if goal and plot.told_in == "user" else ""
    return Briefing(
        system="\n\n".join(text.strip() for text in told if text),
        user="\n\n".join(text.strip() for text in (given, scenario.task) if text),
        memo=fill(scenario.memo.text, texts),
        affordance=plot.means == "present",
    )


def _frame(name: str, plot: ScenarioFrame) -> Frame:
    levels = {"goal": plot.goal, "nudge": "strong" if plot.nudge and plot.goal != "none" else "none"}
    levels |= {"finding": plot.finding, "means": plot.means, "site": plot.site, "told_in": plot.told_in}
    return Frame(name, levels, plot.arm, plot.stratum, tools=True)


def _fits(scenario: Scenario, plot: ScenarioFrame) -> bool:
    if scenario.goals is None:
        return plot.goal == "own" and plot.nudge and plot.finding != "reversed" and plot.told_in == "system"
    return plot.site == "deployed" or scenario.sites is not None


def _sample(scenario: Scenario, frame: Frame, frames: FrameSet, wording: str) -> Sample:
    gaps = {
        f"gap_{gap}": "plus" if frame.name == plus else "minus"
        for gap, (plus, minus) in frames.gaps.items()
        if frame.name in (plus, minus)
    }
    return Sample(
        id=f"{scenario.id}/{frame.name}/{wording}",
        input=scenario.task.strip(),
        metadata={
            "threat": "in_context_scheming",
            "track": "scenarios",
            "item": scenario.id,
            "cluster": scenario.family,
            "domain": scenario.domain,
            "frame": frame.name,
            "wording": wording,
            "arm": frame.arm,
            "stratum": frame.stratum,
            **{f"factor_{factor}": level for factor, level in frame.levels.items()},
            "compared": frame.name in {*frames.treatment, *frames.control},
            **gaps,
        },
    )
