"""A run of a fixed number of pairs: how many it takes, and what they cost."""

import math
from collections.abc import Mapping

from inspect_ai.model import ModelUsage
from pydantic import Field

from unmask.analysis.count_tests import mcnemar_exact, mcnemar_midp
from unmask.analysis.power import mcnemar_power, pairs_needed
from unmask.audits.planning.earlier_run import EarlierRun, LegSeen
from unmask.audits.planning.price_list import Price, usage_cost
from unmask.audits.planning.task_size import TaskSize
from unmask.protocol.files import Record

__all__ = ["Aim", "FixedDesign", "RoleUse", "fixed_design", "hardest_leg", "own_discordance"]

_STEPS = 30
"""How far the exact test's number of pairs is looked for beyond the formula's."""

_LARGE = 400
"""Pairs from which on it is not: every step sums over all tables of that many pairs."""


class Aim(Record):
    """What a run should show."""

    effect: float
    """The smallest effect of interest."""

    alpha: float
    """Two-sided error."""

    power: float
    """Probability of showing the effect."""

    discordance: float
    """Share of pairs whose arms differ, as the design expects it."""


class RoleUse(Record):
    """What a role takes, in all."""

    role: str
    model: str
    calls: float | None
    input_tokens: float
    """Those that go through a prompt cache among them."""

    output_tokens: float
    cost: float | None
    """In USD, None where no price is known."""


class FixedDesign(Record):
    """A run of a fixed number of pairs."""

    pairs: int
    """Items that have to be compared."""

    leg: str
    """The comparison that asks for most."""

    discordance: float
    design_effect: float
    independent_pairs: int
    """Pairs that the effect alone would take, if items did not resemble each other."""

    power_midp: float
    """Exact power of McNemar's mid-p test with that many."""

    power_exact: float
    """The same of the exact test."""

    exact_pairs: int | None
    """Pairs from which on the exact test has the power wanted; None where it was not looked for."""

    items: int
    """Items to run, so that as many are left."""

    samples: int
    roles: list[RoleUse] = Field(default_factory=list)
    cost: float | None = None
    """In USD, None where some price is not known."""


def own_discordance(aim: Aim, like: EarlierRun | None) -> float:
    """The discordance of the effect by itself: what is expected or what was observed, whichever is more.

    Args:
        aim: What the run should show.
        like: An earlier run.
    """
    seen = (one.discordance for one in like.legs if one.name == "effect") if like else ()
    return min(max(*seen, aim.discordance, 0.0), 1.0)


def hardest_leg(aim: Aim, like: EarlierRun | None) -> LegSeen:
    """The comparison that asks for most pairs, with the discordance to be reckoned with.

    Args:
        aim: What the run should show.
        like: An earlier run; without one the effect alone is known of.
    """
    seen = like.legs if like else []
    legs = seen or [LegSeen(name="effect", pairs=0, discordance=aim.discordance, design_effect=1.0)]
    least = max(aim.discordance, aim.effect)
    known = [one.model_copy(update={"discordance": max(one.discordance, least)}) for one in legs]
    return max(known, key=lambda one: _pairs(aim, one))


def _pairs(aim: Aim, leg: LegSeen) -> int:
    return math.ceil(pairs_needed(aim.effect, leg.discordance, aim.alpha, aim.power) * leg.design_effect)


def fixed_design(aim: Aim, size: TaskSize, like: EarlierRun | None, prices: Mapping[str, Price]) -> FixedDesign:
    """Plan a run of a fixed number of pairs.

    Args:
        aim: What it should show.
        size: What the task makes of an item.
        like: An earlier run, for what is lost and what a sample takes.
        prices: Model -> its price.
    """
    leg, alone = hardest_leg(aim, like), max(own_discordance(aim, like), aim.effect)
    pairs = _pairs(aim, leg)
    items = math.ceil(pairs / like.kept) if like and like.kept else pairs
    samples = math.ceil(items * size.samples_per_item) + size.beside
    roles = _roles(like, samples, prices)
    costs = [one.cost for one in roles]
    independent = pairs_needed(aim.effect, alone, aim.alpha, aim.power)
    return FixedDesign(
        pairs=pairs,
        leg=leg.name,
        discordance=leg.discordance,
        design_effect=leg.design_effect,
        independent_pairs=independent,
        power_midp=mcnemar_power(independent, aim.effect, alone, aim.alpha, test=mcnemar_midp),
        power_exact=mcnemar_power(independent, aim.effect, alone, aim.alpha, test=mcnemar_exact),
        exact_pairs=_exact_pairs(independent, aim.effect, alone, aim.alpha, aim.power),
        items=items,
        samples=samples,
        roles=roles,
        cost=math.fsum(cost for cost in costs if cost is not None) if costs and None not in costs else None,
    )


def _exact_pairs(start: int, effect: float, discordance: float, alpha: float, power: float) -> int | None:
    """The first number of pairs from the formula's on with which the exact test has the power."""
    if start > _LARGE:
        return None
    more = range(start, start + _STEPS)
    powers = ((n, mcnemar_power(n, effect, discordance, alpha, test=mcnemar_exact)) for n in more)
    return next((n for n, reached in powers if reached >= power), None)


def _roles(like: EarlierRun | None, samples: float, prices: Mapping[str, Price]) -> list[RoleUse]:
    found = []
    for one in like.roles if like else []:
        usage = ModelUsage(**{kind: round(tokens * samples) for kind, tokens in one.usage.items()})
        sent = sum(tokens for kind, tokens in one.usage.items() if kind.startswith("input"))
        found.append(
            RoleUse(
                role=one.role,
                model=one.model,
                calls=None if one.calls is None else one.calls * samples,
                input_tokens=sent * samples,
                output_tokens=one.usage["output_tokens"] * samples,
                cost=usage_cost(prices.get(one.model), usage),
            )
        )
    return found
