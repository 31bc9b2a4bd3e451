"""The figures of a report: those about all findings, and those that a set of frames or a threat adds to one.

A threat adds its own by a module of its name beside this one, with a function `panels`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from unmask.analysis.figures import mark_offline
from unmask.audits.findings import Finding
from unmask.audits.report.drawing import drawings, figure_tables, figure_titles
from unmask.audits.report.drawing.threat_figures import Panel
from unmask.audits.report.log_reading import Reading
from unmask.audits.report.results import ControlRun

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Drawn", "figures_of_report"]


@dataclass(frozen=True)
class Drawn:
    """A figure and what it shows."""

    name: str
    title: str
    table: pd.DataFrame
    figure: Figure
    finding: int | None = None
    """Place of the finding that it is about, from 0; None where it is about all."""


def figures_of_report(readings: Sequence[Reading], controls: Sequence[ControlRun]) -> Iterator[Drawn]:
    """Draw the figures for which there are data, one after the other.

    Args:
        readings: What was kept of the logs, in the report's order.
        controls: Runs of organisms.
    """
    findings = [reading.finding for reading in readings]
    for one in (*_of_all(readings, findings), *_detection(controls)):
        yield _marked(one, findings)
    for place, reading in enumerate(readings):
        for own in _of_one(reading):
            named = f"{own.name}-{place + 1}"
            yield _marked(Drawn(named, own.title, own.table, own.figure, place), [reading.finding])


def _marked(drawn: Drawn, findings: Sequence[Finding]) -> Drawn:
    """Write beneath it where it was made offline; figures of `analysis` say so themselves."""
    import pandas as pd

    rows = [(found.subject.model, "offline" if found.offline_grader else "") for found in findings]
    if drawn.name == "detection":
        rows = [(str(name), "") for name in drawn.table["organism"]]
    if drawn.figure.get_supxlabel() == "":
        mark_offline(drawn.figure, pd.DataFrame(rows, columns=["model", "tags"]))
    return drawn


def _of_all(readings: Sequence[Reading], findings: Sequence[Finding]) -> Iterator[Drawn]:
    effects = figure_tables.effects_table(findings)
    if len(effects):
        title = figure_titles.effects_title(findings)
        axis = "difference of rates, positive in the direction of the threat"
        yield Drawn("effects", title, effects, drawings.forest(effects, "finding", "kind", title, axis))
    aware = figure_tables.awareness_table(readings)
    if len(aware):
        title = figure_titles.awareness_title(readings, aware)
        yield Drawn("awareness", title, aware, drawings.awareness_points(aware, title))
    lost = figure_tables.attrition_table(readings)
    if len(lost):
        title = figure_titles.attrition_title(readings)
        yield Drawn("attrition", title, lost, drawings.attrition_bars(lost, title))
    power = figure_tables.power_table(readings)
    if len(power):
        title = figure_titles.power_title(power)
        yield Drawn("power", title, power, drawings.power_curves(power, title))


def _detection(controls: Sequence[ControlRun]) -> Iterator[Drawn]:
    table = figure_tables.detection_table(controls)
    if len(table):
        title = figure_titles.detection_title(controls)
        yield Drawn("detection", title, table, drawings.detection_matrix(table, title))


def _of_one(reading: Reading) -> Iterator[Panel]:
    found = reading.finding
    if found.looks:
        return  # these figures have intervals for a run of fixed size
    factors = figure_tables.factors_table(found)
    if len(factors):
        title = figure_titles.factors_title(factors)
        axis = "change of the rate; of interactions, half"
        yield Panel("factors", title, factors, drawings.forest(factors, "factor", None, title, axis))
    own = f"{__package__}.{found.threat}"
    if found.threat.isidentifier() and find_spec(own):
        yield from import_module(own).panels(reading)
