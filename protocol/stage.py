"""Which scenarios a run has, in which wordings, laid out as samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import get_args

from inspect_ai.dataset import MemoryDataset

from unmask.protocol.frames import FrameSet
from unmask.protocol.plots import cast, staged, tellings
from unmask.protocol.scenarios import SCHEMING, Family, Scenario, scenarios
from unmask.protocol.tracks import at_least, one_of

__all__ = ["Stage", "checked", "stage"]


@dataclass(frozen=True)
class Stage:
    """The scenarios of a run, laid out."""

    scenarios: tuple[Scenario, ...]
    frames: FrameSet
    data: MemoryDataset
    files: list[Path]


def checked(interview: bool | str, **numbers: int) -> None:
    """Check the task's plain arguments.

    Args:
        interview: Whether, and how, the model is asked afterwards.
        **numbers: Arguments that must be 1 or more.

    Raises:
        ConfigurationError: Naming the argument.
    """
    one_of("interview", str(interview).lower(), ["true", "false", "one_turn", "multi_turn"])
    for name, number in numbers.items():
        at_least(name, number, 1)


def stage(
    frames: str, families: str | Sequence[str] | None, *, crossed: bool, limit_items: int | None, seed: int
) -> Stage:
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
    named = [families] if isinstance(families, str) else list(families or get_args(Family))
    for name in named:
        one_of("families", name, list(get_args(Family)))
    told, rng = cast(frames), Random(f"stage/{seed}")
    fit = [one for one in scenarios() if one.family in named and tellings(one, told)]
    used = _spread(fit, rng)[:limit_items]
    wordings = {one.id: _dealt(one, place, crossed) for place, one in enumerate(used)}
    files = sorted(path for one in used for path in SCHEMING.rglob(f"{one.id}.yaml"))
    return Stage(tuple(used), told, MemoryDataset(staged(used, told, wordings), name="in_context_scheming"), files)


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
