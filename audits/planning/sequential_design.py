"""A run that looks after each pair: how many it takes, by simulation."""

from unmask.analysis.sequential.expected_pairs import expected_pairs
from unmask.audits.planning.fixed_design import Aim, FixedDesign
from unmask.protocol.files import Record

__all__ = ["SequentialDesign", "sequential_designs"]


class SequentialDesign(Record):
    """A run that looks after each pair, if this is the true effect."""

    truth: float
    discordance: float
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


def sequential_designs(aim: Aim, discordance: float, fixed: FixedDesign, cap: int, runs: int) -> list[SequentialDesign]:
    """Simulate runs for a true effect of none, half the smallest, the smallest, twice that, and of a half.

    Args:
        aim: What a run should show.
        discordance: The share of pairs whose arms differ; where a true effect needs more, that.
        fixed: The fixed design, by which samples and cost go.
        cap: Pairs at which a run ends.
        runs: Simulated runs.
    """
    return [
        _one(truth, max(discordance, truth), aim, fixed, cap, runs)
        for truth in sorted({0.0, aim.effect / 2, aim.effect, min(2 * aim.effect, 1.0), max(0.5, aim.effect)})
    ]


def _one(truth: float, discordance: float, aim: Aim, fixed: FixedDesign, cap: int, runs: int) -> SequentialDesign:
    seen = expected_pairs(truth, discordance, aim.effect, cap, alpha=aim.alpha, runs=runs)
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
