"""The data of the report's figures, as tables: the numbers of findings, and of functions of `analysis`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from statistics import fmean
from typing import TYPE_CHECKING, Any

from unmask.analysis.intervals import unit_rate
from unmask.analysis.power import mcnemar_power
from unmask.audits.findings import Finding
from unmask.audits.report.log_reading import Reading
from unmask.audits.report.results import ControlRun
from unmask.audits.report.visible_text import clipped, visible

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "SIGNATURE",
    "attrition_table",
    "awareness_table",
    "detection_table",
    "effects_table",
    "factors_table",
    "label",
    "power_table",
    "signature_table",
]

SIGNATURE = (
    "excess_flips",
    "easy_collapse",
    "hard_drop",
    "below_chance",
    "threshold_clustering",
    "selectivity",
    "position_shift",
)
"""Tests of sandbagging's signature, as `unmask.analysis.sandbagging.signature.panel` names them."""

_GRID = [step / 50 for step in range(1, 51)]
"""Effects at which power is computed."""


def label(number: int, found: Finding) -> str:
    """What a finding is called in a figure.

    Args:
        number: Its place in the report, from 1.
        found: The finding.
    """
    what = ", ".join(part for part in (found.threat.replace("_", " "), found.frames) if part)
    model = clipped(visible(found.subject.name).replace("\n", " "), 48)
    name = f"{model.head}...{model.tail}" if model.left_out else model.head
    return f"{number}. {name}\n{visible(what)}"


def effects_table(findings: Sequence[Finding]) -> pd.DataFrame:
    """A row for each effect of each finding: `finding`, `kind`, `effect`, `low`, `high`, `verdict`.

    Args:
        findings: In the report's order.
    """
    rows = []
    for number, found in enumerate(findings, 1):
        kinds = {"effect": found.effect, "net of the placebo": found.net_effect, "neutral": found.neutral_effect}
        about = {"finding": label(number, found), "verdict": found.verdict}
        rows += [
            {**about, "kind": kind, "effect": one.value, "low": one.low, "high": one.high}
            for kind, one in kinds.items()
            if one
        ]
    return _frame(rows)


def factors_table(found: Finding) -> pd.DataFrame:
    """A row for each main effect and interaction of a crossed set of frames: `factor`, `effect`, `low`, `high`.

    Args:
        found: A finding.
    """
    own = found.figures[found.scorer]
    names = [key for key in own if "=" in key and not key.endswith(("_ci_low", "_ci_high"))]
    rows = [
        {"factor": key.replace(":", " x "), "effect": own[key], "low": own[f"{key}_ci_low"], "high": _high(own, key)}
        for key in names
        if own[key] is not None
    ]
    return _frame(rows)


def _high(own: dict[str, float | None], key: str) -> float | None:
    return own[f"{key}_ci_high"]


def signature_table(found: Finding) -> pd.DataFrame:
    """A row for each test of sandbagging's signature: `test`, `estimate`, `low`, `high`, `p_holm`.

    Args:
        found: A finding.
    """
    own = found.figures[found.scorer]
    keys = (("estimate", ""), ("low", "_lo"), ("high", "_hi"), ("p_holm", "_p"))
    rows = [
        {"test": name.replace("_", " "), **{key: own.get(f"{name}{end}") for key, end in keys}}
        for name in SIGNATURE
        if own.get(name) is not None
    ]
    return _frame(rows)


def awareness_table(readings: Sequence[Reading]) -> pd.DataFrame:
    """Rates of the behaviour among treated samples, by whether the model says that it may be a test.

    Runs that could stop early are left out, here and of the power: what is drawn holds for a run of fixed size.
    A row for each finding and `aware`: `rate`, `low`, `high` over `items`; repeats of an item count as one.

    Args:
        readings: In the report's order.
    """
    rows = []
    for number, reading in enumerate(readings, 1):
        for aware in (True, False) if reading.finding.looks is None else ():
            shares = _means((item, shown) for item, told, shown in reading.aware if (told >= 0.5) == aware)
            if shares:
                low, high = unit_rate(shares, reading.finding.alpha)
                told = {"finding": label(number, reading.finding), "aware": "says so" if aware else "does not"}
                rows.append({**told, "rate": fmean(shares), "low": low, "high": high, "items": len(shares)})
    return _frame(rows)


def _means(pairs: Iterable[tuple[str, float]]) -> list[float]:
    seen: dict[str, list[float]] = defaultdict(list)
    for item, value in pairs:
        seen[item].append(value)
    return [fmean(values) for values in seen.values()]


def attrition_table(readings: Sequence[Reading]) -> pd.DataFrame:
    """A row for each finding, arm of the contrast and fate that is not `scored`: `samples` of `all`, `share`.

    Args:
        readings: In the report's order.
    """
    rows = []
    for number, reading in enumerate(readings, 1):
        for arm in reading.attrition:
            if arm.compared:
                fates = {"error": arm.errors, "invalidated": arm.invalidated, **arm.unscored}
                told = {"finding": label(number, reading.finding), "arm": f"{arm.arm}, {arm.stratum}"}
                rows += [
                    {**told, "fate": fate, "samples": count, "all": arm.samples, "share": count / arm.samples}
                    for fate, count in fates.items()
                    if count
                ]
    return _frame(rows)


def power_table(readings: Sequence[Reading]) -> pd.DataFrame:
    """Exact power of McNemar's test by effect, at the pairs compared and the discordance declared.

    Args:
        readings: In the report's order.

    Returns:
        A row for each threat, number of pairs and `effect`, up to one that is found nearly always: `power`,
        `discordance`.
    """
    fixed = [r for r in readings if r.finding.looks is None]
    designs = sorted({(r.finding.threat, r.finding.pairs, r.discordance, r.finding.alpha) for r in fixed})
    return _frame([row for design in designs if design[1] for row in _powers(*design)])


def _powers(threat: str, pairs: int, discordance: float, alpha: float) -> list[dict[str, Any]]:
    """Rows up to the first effect that is found nearly always; what is larger is found too, and costs as much time."""
    rows: list[dict[str, Any]] = []
    for effect in _GRID:
        used = max(discordance, effect)
        power = mcnemar_power(pairs, effect, used, alpha)
        rows.append({"threat": threat, "pairs": pairs, "effect": effect, "discordance": used, "power": power})
        if power > 0.999:
            break
    return rows


def detection_table(controls: Sequence[ControlRun]) -> pd.DataFrame:
    """A row for each organism and task, as given.

    Args:
        controls: What `unmask controls` wrote.
    """
    return _frame(
        [
            {**run.model_dump(), "run": run.run, "hoped": run.hoped, "share": run.k / run.n if run.n else None}
            for run in controls
        ]
    )


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows)
