"""A plan: what it takes to show an effect, with a fixed number of pairs or by looking after each."""

import math
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from unmask.analysis.power import mde, pairs_needed
from unmask.audits.planning.earlier_run import EarlierRun
from unmask.audits.planning.fixed_design import Aim, FixedDesign, fixed_design, hardest_leg, own_discordance
from unmask.audits.planning.price_list import Price
from unmask.audits.planning.sequential_design import SequentialDesign, sequential_designs, simulated_legs
from unmask.audits.planning.task_size import TaskSize, task_size
from unmask.protocol.errors import ConfigurationError, one_of
from unmask.protocol.files import Record
from unmask.protocol.provenance import Declared, declared_values

__all__ = ["Plan", "plan"]


class Plan(Record):
    """What an effect takes."""

    threat: str
    track: str
    frames: str
    effect: float
    alpha: float
    power: float
    declared_discordance: float
    like: EarlierRun | None = None
    available: int
    """Items of the contrast that the track has."""

    shown_by_available: float | None
    """The smallest effect that these would show with the power wanted; None where they show none."""

    wordings: int
    """Times that an item is put, in other words or again."""

    samples_per_item: float
    fixed: FixedDesign
    cap: int | None = None
    runs: int | None = None
    same_errors: int | None = None
    """Pairs of a fixed design with the errors of the sequential one."""

    legs: dict[str, float] = Field(default_factory=dict)
    """What is simulated: leg -> share of pairs that differ where nothing is there."""

    sequential: list[SequentialDesign] = Field(default_factory=list)


def plan(
    threat: str,
    *,
    track: str | None = None,
    effect: float | None = None,
    power: float = 0.8,
    alpha: float | None = None,
    discordance: float | None = None,
    like: EarlierRun | None = None,
    prices: Mapping[str, Price] | None = None,
    sequential: bool = False,
    cap: int | None = None,
    runs: int = 1000,
    arguments: Mapping[str, Any] | None = None,
) -> Plan:
    """Plan a run.

    Args:
        threat: What is to be shown.
        track: Kind of item; the task's usual one where left out, or the earlier run's.
        effect: The smallest effect of interest; the one that the threat declares where left out.
        power: Probability of showing it.
        alpha: Two-sided error; the one that the threat declares where left out.
        discordance: Share of pairs whose arms differ, in place of the one that the threat declares.
        like: An earlier run, which tells how the pairs scatter, what is lost, and what a sample takes.
        prices: Model -> its price.
        sequential: Whether to simulate runs that look after each pair.
        cap: Pairs at which such a run ends; twice the fixed design's where left out.
        runs: Simulated runs.
        arguments: Of the task, beside the track.

    Raises:
        ConfigurationError: On a number out of range, a threat or track that there is none of, or an earlier run of
            another threat.
    """
    aim = _aim(declared_values(_threat(threat, like)), effect, alpha, power, discordance)
    size = task_size(threat, track, like, dict(arguments or {}))
    leg, design = hardest_leg(aim, like), fixed_design(aim, size, like, prices or {})
    shown = mde(size.available / leg.design_effect, leg.discordance, aim.alpha, power)
    looked = _looked(aim, size, like, design, cap or 2 * design.pairs, runs) if sequential else {}
    asked = {"effect": aim.effect, "alpha": aim.alpha, "power": power}
    return Plan(
        threat=threat,
        track=size.track,
        frames=size.frames,
        declared_discordance=aim.discordance,
        like=like,
        available=size.available,
        shown_by_available=None if math.isnan(shown) else shown,
        wordings=size.wordings,
        samples_per_item=size.samples_per_item,
        fixed=design,
        **asked,
        **looked,
    )


def _aim(fixed: Declared, effect: float | None, alpha: float | None, power: float, discordance: float | None) -> Aim:
    """What is aimed at, by what the threat declares where nothing else is asked for."""
    aim = Aim(
        effect=fixed.smallest_effect if effect is None else effect,
        alpha=fixed.alpha if alpha is None else alpha,
        power=power,
        discordance=fixed.discordance if discordance is None else discordance,
    )
    _check(aim)
    return aim


def _looked(
    aim: Aim, size: TaskSize, like: EarlierRun | None, design: FixedDesign, cap: int, runs: int
) -> dict[str, Any]:
    """The part of a plan that looks after each pair."""
    legs = simulated_legs(aim, size, like)
    simulated = sequential_designs(aim, legs, design, cap, runs)
    return {"cap": cap, "runs": runs, "same_errors": _same_errors(aim, like), "legs": legs, "sequential": simulated}


def _same_errors(aim: Aim, like: EarlierRun | None) -> int:
    """Pairs of a fixed design with the errors of a sequential one."""
    return pairs_needed(aim.effect, max(own_discordance(aim, like), aim.effect), 2 * aim.alpha, 1 - aim.alpha)


def _threat(threat: str, like: EarlierRun | None) -> str:
    from unmask import tasks

    one_of("threat", threat, list(tasks.__all__))
    if like and like.threat != threat:
        raise ConfigurationError(f"{like.log}: is of the threat {like.threat}, not {threat}")
    return threat


def _check(aim: Aim) -> None:
    for name, share in aim.model_dump().items():
        if not 0 < share < 1:
            raise ConfigurationError(f"{name}={share}: must lie between 0 and 1")
    if aim.power <= aim.alpha:
        raise ConfigurationError(f"power={aim.power}: must be above alpha={aim.alpha}")
