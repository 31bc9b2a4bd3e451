"""Watches a subject over time: dated logs against a baseline, with an alarm that keeps its promise at every look."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from inspect_ai.log import EvalLog
from pydantic import BaseModel, ConfigDict, Field

from unmask.analysis.drifts.monitoring import DriftMonitor
from unmask.audits.comparison.comparison_words import comparison_words
from unmask.audits.comparison.protocol_checks import protocol_faults
from unmask.audits.comparison.run_samples import CELLS, Run, by_protocol
from unmask.audits.findings import Interval
from unmask.audits.findings.sentences import interval
from unmask.protocol.errors import ConfigurationError, at_least

__all__ = ["Watch", "WatchedLook", "WatchedSeries", "watch_logs"]

Cells = dict[tuple[str, str], dict[tuple[str, str], float]]
"""Item and arm -> frame and wording -> outcome."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WatchedLook(_Part):
    """One look of a series."""

    look: int
    date: str
    log: str
    subject: str
    items: int
    drift: float | None
    """Change since the baseline; None where no item was scored in both."""

    low: float
    high: float
    evidence: float
    """Logarithm to base 10, over all looks so far."""

    boundary: float
    alarm: bool


class WatchedSeries(_Part):
    """One figure of one protocol over time."""

    threat: str
    track: str
    frames: str
    figure: str
    """`effect`, `treated` or `control`."""

    baseline: list[str]
    looks: list[WatchedLook]
    sentence: str
    offline_grader: bool


class Watch(_Part):
    """All series of a folder."""

    alpha: float
    rule: str
    series: list[WatchedSeries]
    left_out: list[str] = Field(default_factory=list)
    """Logs that were not taken for looks, with the reason."""

    @property
    def alarms(self) -> list[WatchedSeries]:
        """Series with an alarm."""
        return [one for one in self.series if any(look.alarm for look in one.looks)]


@dataclass(frozen=True)
class _Figure:
    """A series before it is looked at."""

    name: str
    baseline: Sequence[Run]
    looks: Sequence[Run]

    @property
    def scale(self) -> float:
        """What a mean of differences is multiplied by: an effect's are those of two arms."""
        return 2.0 if self.name == "effect" else 1.0


def watch_logs(
    headers: Iterable[EvalLog], *, threat: str | None = None, baseline: int = 1, alpha: float = 0.05
) -> Watch:
    """Take the logs of a folder for looks at a subject, in the order of their dates.

    The first logs of each threat, track and set of frames are the baseline, all later ones looks. Watched are the
    effect and the rates of the two arms of the target stratum, each against the baseline, by `DriftMonitor`.

    Args:
        headers: Of the logs.
        threat: Watch this threat alone.
        baseline: How many logs are the baseline.
        alpha: Probability of a false alarm over all series and looks.

    Raises:
        ConfigurationError: If an argument is out of range, or there is nothing to watch.
    """
    at_least("baseline", baseline, 1)
    if not 0 < alpha < 1:
        raise ConfigurationError(f"alpha={alpha}: must lie between 0 and 1")
    runs, lines = by_protocol(headers)
    figures: list[_Figure] = []
    for key, found in sorted(runs.items()):
        if threat in (None, key[0]):
            kept, out = _alike(sorted(found, key=lambda run: (run.date, run.finding.log)))
            lines += out
            if len(kept) <= baseline:
                lines.append(f"{'/'.join(key)}: {len(kept)} logs; a baseline of {baseline} leaves none to look at")
                continue
            figures += [_Figure(name, kept[:baseline], kept[baseline:]) for name in comparison_words().series]
    if not figures:
        raise ConfigurationError(
            "nothing to watch: " + ("; ".join(lines) or f"no logs{f' of {threat}' if threat else ''}")
        )
    series = [_watched(one, DriftMonitor(alpha, len(figures))) for one in figures]
    return Watch(alpha=alpha, rule=_rule(alpha), series=series, left_out=lines)


def _alike(runs: list[Run]) -> tuple[list[Run], list[str]]:
    """Runs whose protocol is that of the first, and a line for each of the others."""
    first, kept, out = runs[0], [runs[0]], []
    for run in runs[1:]:
        refused, _ = protocol_faults((first.log, first.finding), (run.log, run.finding))
        if refused:
            out.append(f"{run.finding.log}: left out: {'; '.join(refused)}")
        else:
            kept.append(run)
    return kept, out


def _rule(alpha: float) -> str:
    return comparison_words().watch["rule"].format(alpha=f"{alpha:g}")


def _watched(figure: _Figure, monitor: DriftMonitor) -> WatchedSeries:
    words, start = comparison_words(), figure.baseline[0].finding
    direction = next((run.direction for run in [*figure.baseline, *figure.looks] if run.direction), 1)
    before = [_cells(run, figure.name) for run in figure.baseline]
    looks = []
    for run in figure.looks:
        seen = monitor.look(_differences(before, _cells(run, figure.name), figure.name, direction))
        looks.append(_look(seen, run, figure.scale))
    name = f"{start.threat}, {words.series[figure.name]}"
    return WatchedSeries(
        threat=start.threat,
        track=start.track,
        frames=start.frames,
        figure=figure.name,
        baseline=[run.finding.log for run in figure.baseline],
        looks=looks,
        sentence=_sentence(name, looks),
        offline_grader=any(run.finding.offline_grader for run in [*figure.baseline, *figure.looks]),
    )


def _look(seen: Any, run: Run, scale: float) -> WatchedLook:
    return WatchedLook(
        look=seen.number,
        date=run.date,
        log=run.finding.log,
        subject=run.finding.subject.model,
        items=seen.items // int(scale),
        drift=None if math.isnan(seen.drift) else scale * seen.drift,
        low=scale * seen.low,
        high=scale * seen.high,
        evidence=seen.evidence,
        boundary=seen.boundary,
        alarm=seen.alarm,
    )


def _sentence(name: str, looks: list[WatchedLook]) -> str:
    words = comparison_words().watch
    first = next((look for look in looks if look.alarm), None)
    told = first or looks[-1]
    drift = "unknown" if told.drift is None else interval(Interval(value=told.drift, low=told.low, high=told.high))
    if first is None:
        return words["quiet"].format(series=name, looks=len(looks), drift=drift)
    return words["alarm"].format(series=name, look=first.look, date=first.date[:10], drift=drift)


def _cells(run: Run, figure: str) -> Cells:
    """A run's outcomes, repeats averaged, of the arms that a figure needs."""
    arms = _arms(figure)
    found: dict[tuple[str, str], dict[tuple[str, str], list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in run.scored:
        design = one.design
        for arm in arms:
            if (design.arm, design.stratum) == CELLS[arm] and design.pooled:
                found[design.item, arm][design.frame, design.wording].append(one.value)
    return {key: {cell: fmean(values) for cell, values in cells.items()} for key, cells in found.items()}


def _arms(figure: str) -> tuple[str, ...]:
    return ("treated", "control") if figure == "effect" else (figure,)


def _differences(before: Sequence[Cells], after: Cells, figure: str, direction: int) -> dict[str, float]:
    """What changed since the baseline, within [-1, 1], by item; for an effect by item and arm.

    The mean of a rise under treatment and a fall under control is half the effect's rise, and both are bets by
    themselves: draws of the two arms are independent of each other.
    """
    changes: dict[tuple[str, str], float] = {}
    for key, cells in after.items():
        earlier = [found[key] for found in before if key in found]
        known = {cell: [old[cell] for old in earlier if cell in old] for cell in cells}
        found = [value - fmean(known[cell]) for cell, value in cells.items() if known[cell]]
        if found:
            changes[key] = fmean(found)
    if figure != "effect":
        return {item: change for (item, _), change in changes.items()}
    signs = {"treated": direction, "control": -direction}
    whole = {item for item, _ in changes if all((item, arm) in changes for arm in signs)}
    return {f"{item}/{arm}": signs[arm] * value for (item, arm), value in changes.items() if item in whole}
