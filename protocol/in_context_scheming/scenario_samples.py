"""Which scenarios a run has, in which wordings and frames, as samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from inspect_ai.dataset import MemoryDataset, Sample

from unmask.protocol.assignment import Assigned, assign_wordings, schedule
from unmask.protocol.errors import ConfigurationError, at_least, one_of
from unmask.protocol.frames import FrameSet
from unmask.protocol.in_context_scheming.scenario_families import scenario_families
from unmask.protocol.in_context_scheming.scenario_frames import scenario_frame_set, scenario_frames
from unmask.protocol.in_context_scheming.scenarios import SCHEMING, Family, Scenario, scenarios
from unmask.protocol.items import Clustered
from unmask.protocol.samples import make_samples
from unmask.protocol.tracks import tracks

__all__ = ["ScenarioRun", "scenario_run", "scenario_samples"]

_LEAST_WORDINGS = 3
"""Wordings that every scenario has."""


@dataclass(frozen=True)
class ScenarioRun:
    """The scenarios of a run, and their samples."""

    scenarios: tuple[Scenario, ...]
    frames: FrameSet
    data: MemoryDataset
    files: list[Path]


def scenario_run(
    frames: str, families: str | Sequence[str] | None, *, crossed: bool, limit_items: int | None, seed: int
) -> ScenarioRun:
    """Choose scenarios, and put them into frames and wordings.

    Args:
        frames: Name of a set of frames.
        families: The families of scenarios; all where none is named.
        crossed: Every scenario in every wording, in place of the one that it is assigned.
        limit_items: How many scenarios to use, spread over the families.
        seed: Of the order of scenarios and the assignment of wordings.

    Raises:
        ConfigurationError: On a wrong value, or a fault in a scenario.
    """
    at_least("limit_items", limit_items, 1)
    one_of("frames", frames, list(scenario_frames().sets))
    named, chosen = _named(families), scenario_frame_set(frames)
    fitting = [one for one in scenarios() if one.family in named and chosen.fitting(one)]
    if not fitting:
        raise ConfigurationError(f"families={families!r}: none of them has scenarios for frames={frames!r}")
    used = schedule(list(map(_clustered, fitting)), seed)[:limit_items]
    made = scenario_samples(_assigned(used, seed, crossed), chosen)
    run = [one for entry in used for one in fitting if one.id == entry.item.id]
    files = sorted(path for one in run for path in SCHEMING.rglob(f"{one.id}.yaml"))
    return ScenarioRun(tuple(run), chosen, MemoryDataset(made, name="in_context_scheming"), files)


def scenario_samples(assigned: Sequence[Assigned], frames: FrameSet) -> list[Sample]:
    """Put scenarios into frames.

    Args:
        assigned: Scenarios with the wording of what is found.
        frames: The frames; each scenario gets those that fit it.

    Returns:
        Samples with id `scenario/frame/wording`, whose input is the task.
    """
    return make_samples(
        assigned,
        frames,
        threat="in_context_scheming",
        track="scenarios",
        template=tracks("in_context_scheming").tracks["scenarios"].item,
        reasoning="native",
        layout="workspace",
    )


def _assigned(scheduled: Sequence[Clustered], seed: int, crossed: bool) -> list[Assigned]:
    """Each scenario in one of its own wordings, or in all of them."""
    names = {entry.item.id: list(entry.item.findings) for entry in scheduled if isinstance(entry.item, Scenario)}
    if crossed:
        return [(entry, name, 0) for entry in scheduled for name in names[entry.item.id]]
    numbered = assign_wordings(scheduled, [str(number) for number in range(_LEAST_WORDINGS)], seed)
    return [(entry, names[entry.item.id][int(number)], turn) for entry, number, turn in numbered]


def _clustered(scenario: Scenario) -> Clustered:
    declared = scenario_families()[scenario.family]
    return Clustered(scenario, scenario.family, scenario.traits(), declared.conflict)


def _named(families: str | Sequence[str] | None) -> list[str]:
    named = [families] if isinstance(families, str) else get_args(Family) if families is None else families
    if not isinstance(named, list | tuple) or not named:
        raise ConfigurationError(f"families={families!r}: must be a name, or a list of names")
    for name in named:
        one_of("families", name, list(get_args(Family)))
    return list(named)
