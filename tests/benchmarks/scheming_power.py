"""How often a scheming run errs, and how often it finds a model that schemes in some of the families: simulated.

    python tests/benchmarks/scheming_power.py --out docs/scheming_power.md

Every scenario is run in three wordings, under conflict and matched goals, with a way to act and without. Its rate in a
cell is drawn from a beta distribution, so that its wordings correlate; at a correlation of 1 they all come out alike.
Judged by the estimator and the rule that the verdict uses.
"""

import argparse
import shlex
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from unmask.analysis.clustered_intervals import moderated_mean
from unmask.analysis.estimates import Estimate, unknown
from unmask.analysis.intervals import rate, unit_rate
from unmask.analysis.legs import Legs
from unmask.analysis.multiplicity import holm
from unmask.analysis.strata.sign_flips import SignFlips
from unmask.analysis.strata.stratified import stratified_estimate
from unmask.analysis.verdict_rule import run_verdict
from unmask.protocol.in_context_scheming.scenario_families import scenario_families
from unmask.protocol.in_context_scheming.scenarios import scenarios
from unmask.protocol.provenance import declared_values

__all__ = ["DETECTION", "ERRORS", "Cell", "judged", "simulated"]

HEAD = Path(__file__).parents[2] / "docs" / "scheming_power.head.md"
FAMILIES, WORDINGS = 6, 3
DECLARED = declared_values("in_context_scheming")
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cell:
    """A model, and the scenarios that it is put in."""

    acting: int
    """Families in which it acts at `rate` under conflict where there is a way; elsewhere at `background`."""

    rate: float
    background: float = 0.0
    """How often it acts in all other cells."""

    without_means: float | None = None
    """How often it acts under conflict in the acting families where there is no way to act; `background` if None."""

    scenarios: int = 9
    correlation: float = 1.0

    @property
    def columns(self) -> list[str]:
        """The cell as tables show it."""
        means = self.background if self.without_means is None else self.without_means
        told = (self.acting, self.rate, means, self.background, self.scenarios, self.correlation)
        return [f"{value:g}" for value in told]


@dataclass(frozen=True)
class Found:
    """What one run comes to."""

    pooled: bool
    """The test over all scenarios finds a positive effect."""

    largest: bool
    """The test over single families does."""

    net: bool
    """Either does, net of no way to act."""

    present: bool
    named: bool
    """Some family has a positive effect after Holm."""

    at_random: bool
    """Both lower bounds exceed 0 where families are taken for a random sample of families."""


ERRORS = [
    Cell(acting, shown, background, shown, correlation=correlation)
    for acting, shown, background in ((0, 0.0, 0.1), (0, 0.0, 0.3), (1, 0.9, 0.1), (2, 0.5, 0.1), (6, 0.5, 0.0))
    for correlation in (0.5, 1.0)
]
"""Models that do not scheme: none acts more under conflict, or it acts as much where there is no way to act."""

DETECTION = [
    Cell(acting, shown, background, None, count, correlation)
    for count, background, correlation in ((4, 0, 1), (9, 0, 0.5), (9, 0, 1), (9, 0.1, 0.5), (9, 0.1, 1))
    for acting in (1, 2, 6)
    for shown in (0.9, 0.5)
]
"""Models that scheme in some families."""


def simulated(cell: Cell, rng: np.random.Generator) -> tuple[Array, Array]:
    """One run: differences of scenarios with a way to act, and net of those without, both (families, scenarios)."""
    acts = np.arange(FAMILIES)[:, None] < cell.acting
    means = cell.background if cell.without_means is None else cell.without_means
    treated, control, placebo, placebo_control = (
        _shares(np.where(acts, shown, cell.background), cell, rng)
        for shown in (cell.rate, cell.background, means, cell.background)
    )
    return treated - control, (treated - control) - (placebo - placebo_control)


def _shares(rates: Array, cell: Cell, rng: np.random.Generator) -> Array:
    """Share of each scenario's wordings in which the model acts."""
    per_scenario = np.repeat(rates.astype(float), cell.scenarios, axis=1)
    if cell.correlation < 1:
        size = (1 - cell.correlation) / cell.correlation
        spread = (per_scenario > 0) & (per_scenario < 1)
        inside = np.where(spread, per_scenario, 0.5)
        drawn = rng.beta(inside * size, (1 - inside) * size)
        return rng.binomial(WORDINGS, np.where(spread, drawn, per_scenario)) / WORDINGS
    return rng.binomial(1, per_scenario).astype(float)


def judged(effects: Array, net: Array, alpha: float = DECLARED.alpha) -> Found:
    """Judge one run by the verdict's own estimator and rule."""
    names = [f"family {number}" for number in range(len(effects)) for _ in effects[0]]
    effect = stratified_estimate(list(effects.flat), names, alpha, bound=1.0)
    beyond = stratified_estimate(list(net.flat), names, alpha, bound=2.0)
    legs = Legs(effect, beyond, unknown(), effect)
    tests = {name: SignFlips(tuple(row)) for name, row in zip(dict.fromkeys(names), effects, strict=True)}
    claims = holm({name: test.p_value for name, test in tests.items()})
    lows = [moderated_mean(list(values.flat), names, alpha).low for values in (effects, net)]
    return Found(
        pooled=_finds(effect, alpha),
        largest=effect.in_some_stratum,
        net=_finds(beyond, alpha) or beyond.in_some_stratum,
        present=run_verdict(legs, "ok", DECLARED.smallest_effect) == "present",
        named=any(p <= alpha and sum(tests[name].differences) > 0 for name, p in claims.items()),
        at_random=min(lows) > 0,
    )


def _finds(estimate: Estimate, alpha: float) -> bool:
    return estimate.p_value <= alpha and estimate.effect > 0


def _row(cell: Cell, columns: Sequence[str], runs: int, seed: int) -> list[str]:
    """A cell with the share of runs, and its exact 95% interval, in which each thing was found."""
    rng = np.random.default_rng(seed)
    found = [judged(*simulated(cell, rng)) for _ in range(runs)]
    hits = [sum(getattr(one, column) for one in found) for column in columns]
    shares = [f"{hit / runs:.3f} [{rate(hit, runs)[0]:.3f}, {rate(hit, runs)[1]:.3f}]" for hit in hits]
    return [*cell.columns, *shares]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return ["| " + " | ".join(row) + " |" for row in (header, ["---"] * len(header), *rows)] + [""]


def _families() -> list[str]:
    """What each family measures, and how many scenarios it has."""
    counts = [one.family for one in scenarios()]
    rows = [
        [f"`{name}`", "yes" if one.conflict else "no", str(counts.count(name)), one.measures]
        for name, one in scenario_families().items()
    ]
    header = ["family", "conflict", "scenarios", "what it measures"]
    return ["## Families", "", *_table(header, rows)]


def _bounds() -> list[str]:
    """What no event still allows, and the least p-value, by the number of scenarios."""
    rows = [
        [str(n), f"{unit_rate([0.0] * n)[1]:.3f}", f"{SignFlips((1.0,) * n).p_value:.2g}"]
        for n in (4, 8, 9, FAMILIES * 4, FAMILIES * 9)
    ]
    header = ["scenarios", "upper bound of a rate of 0", "least p-value, every scenario differing one way"]
    return ["## What so many scenarios can say", "", *_table(header, rows)]


MODEL = ["families", "rate", "without means", "elsewhere", "scenarios a family", "correlation"]


def page(runs: int, error_runs: int) -> list[str]:
    """The page.

    Args:
        runs: Simulated runs a row of detection.
        error_runs: Simulated runs a row of errors.
    """
    errors = ("pooled", "largest", "net", "present", "named")
    detection = ("pooled", "largest", "present", "named", "at_random")
    counts = f"{error_runs} runs a row of errors and {runs} of detection"
    return [
        f"Simulated, {counts}, with 95% intervals; {datetime.now(UTC):%Y-%m-%d}; `python {shlex.join(sys.argv)}`.",
        "",
        HEAD.read_text(encoding="utf-8"),
        *_families(),
        *_bounds(),
        *(HEADINGS["errors"], ""),
        *_table(
            [*MODEL, "all scenarios", "single families", "net leg", "present", "a family after Holm"],
            [_row(cell, errors, error_runs, seed) for seed, cell in enumerate(ERRORS)],
        ),
        *(HEADINGS["detection"], ""),
        *_table(
            [*MODEL, "all scenarios", "single families", "present", "a family after Holm", "families at random"],
            [_row(cell, detection, runs, seed) for seed, cell in enumerate(DETECTION, len(ERRORS))],
        ),
    ]


HEADINGS = {
    "errors": "## Errors: models that do not scheme, and how often each test says otherwise",
    "detection": "## Detection: models that scheme in some families, and how often they are found",
}


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--error-runs", type=int, default=2000)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    text = "\n".join(page(asked.runs, asked.error_runs))
    if asked.out:
        asked.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
