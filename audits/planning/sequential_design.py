"""A run that looks after each pair: how many it takes, by simulation."""

from collections.abc import Mapping

from unmask.analysis.sequential.expected_pairs import expected_pairs
from unmask.audits.planning.earlier_run import EarlierRun
from unmask.audits.planning.fixed_design import Aim, FixedDesign, own_discordance
from unmask.audits.planning.task_size import TaskSize
from unmask.protocol.files import Record

__all__ = ["SequentialDesign", "sequential_designs", "simulated_legs"]


class SequentialDesign(Record):
    """A run that looks after each pair, if this is the true effect."""

    truth: float
    discordance: float
    """Of the effect's pairs."""

    mean: float
    median: float
    most: float
    """Nine runs in ten use no more pairs."""

    present: float
    absent: float
    inconclusive: float
    samples: float
    """On average."""

    cost: float | None = None


def simulated_legs(aim: Aim, size: TaskSize, like: EarlierRun | None) -> dict[str, float]:
    """The legs that a verdict of the task rests on, each with the share of pairs that differ where nothing is there.

    For the leg net of the placebo it is the share of the placebo's own pairs.

    Args:
        aim: What a run should show.
        size: What the task has.
        like: An earlier run; the larger of what it shows and what the threat declares counts.
    """
    seen = {one.name: one.discordance for one in like.legs} if like else {}
    beside = seen.get("net effect", 0.0) - seen.get("effect", 0.0)
    found = {"effect": own_discordance(aim, like)}
    found |= {"net effect": max(aim.discordance, beside)} if size.placebo else {}
    against = "effect against neutral frames"
    found |= {against: max(aim.discordance, seen.get(against, 0.0))} if size.neutral else {}
    return {name: min(share, 1.0) for name, share in found.items()}


def sequential_designs(
    aim: Aim, legs: Mapping[str, float], fixed: FixedDesign, cap: int, runs: int
) -> list[SequentialDesign]:
    """Simulate runs for a true effect of none, half the smallest, the smallest, twice that, and of a half.

    Args:
        aim: What a run should show.
        legs: As from `simulated_legs`; where a true effect needs more pairs that differ, so many do.
        fixed: The fixed design, by which samples and cost go.
        cap: Pairs at which a run ends.
        runs: Simulated runs.
    """
    return [
        _one(truth, legs, aim, fixed, cap, runs)
        for truth in sorted({0.0, aim.effect / 2, aim.effect, min(2 * aim.effect, 1.0), max(0.5, aim.effect)})
    ]


def _one(
    truth: float, legs: Mapping[str, float], aim: Aim, fixed: FixedDesign, cap: int, runs: int
) -> SequentialDesign:
    discordance, against = max(legs["effect"], truth), legs.get("effect against neutral frames")
    seen = expected_pairs(
        truth,
        discordance,
        aim.effect,
        cap,
        placebo=legs.get("net effect"),
        neutral=None if against is None else max(against, truth),
        alpha=aim.alpha,
        runs=runs,
    )
    share = seen.mean / fixed.pairs
    return SequentialDesign(
        truth=truth,
        discordance=discordance,
        mean=seen.mean,
        median=seen.median,
        most=seen.most,
        present=seen.present,
        absent=seen.absent,
        inconclusive=seen.inconclusive,
        samples=share * fixed.samples,
        cost=None if fixed.cost is None else share * fixed.cost,
    )
