"""Which scenarios a run has, in which wordings and frames, as samples; and the checks of the task's arguments."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.util import registry_create

from unmask.protocol.assignment import Assigned, assign_wordings, schedule
from unmask.protocol.errors import ConfigurationError, at_least, one_of, switches
from unmask.protocol.frames import FrameSet
from unmask.protocol.in_context_scheming.scenario_frames import scenario_frame_set, scenario_frames
from unmask.protocol.in_context_scheming.scenarios import SCHEMING, Family, Scenario, scenarios
from unmask.protocol.items import Clustered
from unmask.protocol.samples import make_samples
from unmask.protocol.tracks import tracks

__all__ = ["ScenarioRun", "check_arguments", "interview_mode", "sandbox_backend", "scenario_run", "scenario_samples"]

_LEAST_WORDINGS = 3
"""Wordings that every scenario has."""

_SANDBOXES = ("docker", "local", "k8s", "modal", "daytona", "ec2", "proxmox")
"""Those that Inspect knows by name, installed or not."""


@dataclass(frozen=True)
class ScenarioRun:
    """The scenarios of a run, and their samples."""

    scenarios: tuple[Scenario, ...]
    frames: FrameSet
    data: MemoryDataset
    files: list[Path]


def check_arguments(*, crossed: object, seed: object, agent: object, **numbers: object) -> None:
    """Check the task's plain arguments.

    Args:
        crossed: Must be true or false.
        seed: Must be a whole number from 0 on.
        agent: Must be a name, where one is given.
        **numbers: Arguments that must be 1 or more, where they are given.

    Raises:
        ConfigurationError: Naming the argument.
    """
    switches(crossed=crossed)
    for name, number in {"seed": seed, **numbers}.items():
        at_least(name, number, 0 if name == "seed" else 1)
    if agent is not None and (not isinstance(agent, str) or not agent.strip()):
        raise ConfigurationError(f"agent={agent!r}: must be a name, or file.py@name")


def interview_mode(interview: object) -> str | None:
    """How the model is asked afterwards: `one_turn`, `all`, `multi_turn`, or None where it is not.

    Args:
        interview: As the user gave it, in whatever case; true stands for `one_turn`.

    Raises:
        ConfigurationError: Listing the right values.
    """
    named = str(interview).strip().lower()
    one_of("interview", named, ["true", "false", "one_turn", "all", "multi_turn"])
    return {"false": None, "true": "one_turn"}.get(named, named)


def sandbox_backend(sandbox: object) -> str | None:
    """The sandbox that the workspace lies in; None where it lies in memory.

    Args:
        sandbox: As the user gave it; `memory` stands for none.

    Raises:
        ConfigurationError: If Inspect knows no such sandbox.
    """
    if sandbox is None or sandbox == "memory":
        return None
    named = isinstance(sandbox, str) and (sandbox in _SANDBOXES or _is_known(sandbox))
    if not isinstance(sandbox, str) or not named:
        raise ConfigurationError(f"sandbox={sandbox!r}: choose from memory, {', '.join(_SANDBOXES)}")
    return sandbox


def _is_known(sandbox: str) -> bool:
    """Whether a sandbox of that name is registered, of somebody's own perhaps."""
    try:
        registry_create("sandboxenv", sandbox)
    except LookupError:
        return False
    except Exception:  # there is one; how it is made is Inspect's business
        return True
    return True


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
    used = schedule([Clustered(one, one.family, one.traits()) for one in fitting], seed)[:limit_items]
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


def _named(families: str | Sequence[str] | None) -> list[str]:
    named = [families] if isinstance(families, str) else get_args(Family) if families is None else families
    if not isinstance(named, list | tuple) or not named:
        raise ConfigurationError(f"families={families!r}: must be a name, or a list of names")
    for name in named:
        one_of("families", name, list(get_args(Family)))
    return list(named)
