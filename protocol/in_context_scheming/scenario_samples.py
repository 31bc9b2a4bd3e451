"""Which scenarios a run has, in which wordings, laid out as samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import get_args

from inspect_ai.dataset import MemoryDataset
from inspect_ai.util import registry_create

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.frames import FrameSet
from unmask.protocol.in_context_scheming.scenario_frames import (
    frames_for,
    scenario_frame_set,
    scenario_frames,
    scenario_samples,
)
from unmask.protocol.in_context_scheming.scenarios import SCHEMING, Family, Scenario, scenarios
from unmask.protocol.tracks import at_least, one_of, switches

__all__ = ["ScenarioRun", "check_arguments", "interview_mode", "sandbox_backend", "scenario_run"]

_SANDBOXES = ("docker", "local", "k8s", "modal", "daytona", "ec2", "proxmox")
"""Those that Inspect knows by name, installed or not."""


@dataclass(frozen=True)
class ScenarioRun:
    """The scenarios of a run, laid out."""

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
    """Choose scenarios, and lay them out in frames and wordings.

    Args:
        frames: Name of a set of frames.
        families: The families of scenarios; all where none is named.
        crossed: Every scenario in every wording, in place of the one that it is dealt.
        limit_items: How many scenarios to use, spread over the families.
        seed: Of the order of scenarios and the deal of wordings.

    Raises:
        ConfigurationError: On a wrong value, or a fault in a scenario.
    """
    at_least("limit_items", limit_items, 1)
    one_of("frames", frames, list(scenario_frames().sets))
    named = _named(families)
    told, rng = scenario_frame_set(frames), Random(f"stage/{seed}")
    fit = [one for one in scenarios() if one.family in named and frames_for(one, told)]
    if not fit:
        raise ConfigurationError(f"families={families!r}: none of them has scenarios for frames={frames!r}")
    used = _spread(fit, rng)[:limit_items]
    wordings = {one.id: _dealt(one, place, crossed) for place, one in enumerate(used)}
    files = sorted(path for one in used for path in SCHEMING.rglob(f"{one.id}.yaml"))
    return ScenarioRun(
        tuple(used), told, MemoryDataset(scenario_samples(used, told, wordings), name="in_context_scheming"), files
    )


def _named(families: str | Sequence[str] | None) -> list[str]:
    named = [families] if isinstance(families, str) else get_args(Family) if families is None else families
    if not isinstance(named, list | tuple) or not named:
        raise ConfigurationError(f"families={families!r}: must be a name, or a list of names")
    for name in named:
        one_of("families", name, list(get_args(Family)))
    return list(named)


def _spread(found: list[Scenario], rng: Random) -> list[Scenario]:
    """Scenarios at random, one family after the other in turn."""
    queues = [[one for one in found if one.family == family] for family in get_args(Family)]
    mixed = [rng.sample(queue, len(queue)) for queue in queues if queue]
    rng.shuffle(mixed)
    depth = max(map(len, mixed), default=0)
    return [queue[row] for row in range(depth) for queue in mixed if row < len(queue)]


def _dealt(one: Scenario, place: int, crossed: bool) -> list[str]:
    names = list(one.findings)
    return names if crossed else [names[place % len(names)]]
