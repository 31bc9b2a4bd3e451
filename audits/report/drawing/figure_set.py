"""The figures of a report: those about all findings, and those that a threat or a set of frames adds to one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

from unmask.analysis.figures import mark_offline
from unmask.audits.findings import Finding
from unmask.audits.report.drawing import drawings, figure_tables, figure_titles
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
        for name, title, table, figure in _of_one(reading):
            yield _marked(Drawn(f"{name}-{place + 1}", title, table, figure, place), [reading.finding])


def _marked(drawn: Drawn, findings: Sequence[Finding]) -> Drawn:
    """Write beneath it where it was made offline; figures of `analysis` say so themselves."""
    import pandas as pd

    rows = [(found.subject.model, "offline" if found.offline_grader else "") for found in findings]
    if drawn.name == "detection":
        rows = [(str(name), "") for name in drawn.table["organism"]]
    if not drawn.name.startswith(("activation", "accuracy")):
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
        title = figure_titles.power_title(readings)
        yield Drawn("power", title, power, drawings.power_curves(power, title))


def _detection(controls: Sequence[ControlRun]) -> Iterator[Drawn]:
    table = figure_tables.detection_table(controls)
    if len(table):
        title = figure_titles.detection_title(controls)
        yield Drawn("detection", title, table, drawings.detection_matrix(table, title))


def _of_one(reading: Reading) -> Iterator[tuple[str, str, pd.DataFrame, Figure]]:
    found = reading.finding
    factors = figure_tables.factors_table(found)
    if len(factors):
        title = figure_titles.factors_title(factors)
        axis = "change of the rate; of interactions, half"
        yield "factors", title, factors, drawings.forest(factors, "factor", None, title, axis)
    signature = figure_tables.signature_table(found) if found.threat == "sandbagging" else factors.head(0)
    if len(signature):
        title = figure_titles.signature_title(signature, found.alpha)
        yield "signature", title, signature, drawings.signature_points(signature, title)
    if found.threat in _BY_SAMPLES:
        yield from _BY_SAMPLES[found.threat](reading)


def _accuracy(reading: Reading) -> Iterator[tuple[str, str, pd.DataFrame, Figure]]:
    import pandas as pd

    from unmask.analysis.sandbagging.accuracy_figures import accuracy_by_level, accuracy_points
    from unmask.analysis.tables import SamplesTable

    rows, alpha = SamplesTable(pd.DataFrame(reading.rows)), reading.finding.alpha
    try:
        table = accuracy_points(rows, alpha)
    except ValueError:  # questions without levels
        return
    title = figure_titles.accuracy_title(reading.finding)
    yield "accuracy", title, table, _titled(accuracy_by_level(rows, alpha), title)


def _activation(reading: Reading) -> Iterator[tuple[str, str, pd.DataFrame, Figure]]:
    import pandas as pd

    from unmask.analysis.backdoors.trigger_figures import activation_figure, activation_points
    from unmask.analysis.tables import SamplesTable

    rows, alpha = SamplesTable(pd.DataFrame(reading.rows)), reading.finding.alpha
    try:
        table = activation_points(rows, alpha)
    except ValueError:  # no trigger was in place
        return
    title = figure_titles.activation_title(table)
    yield "activation", title, table, _titled(activation_figure(rows, alpha), title)


_BY_SAMPLES = {"sandbagging": _accuracy, "backdoors": _activation}


def _titled(figure: Figure, title: str) -> Figure:
    """Say what a figure shows, and let pyplot go of it; it can still be saved."""
    import matplotlib.pyplot as plt

    width, height = figure.get_size_inches()
    figure.set_size_inches(max(7.6, width), height + 0.6)
    told = fill(title, round(9 * figure.get_figwidth()))
    if len(figure.axes) == 1:  # a legend above would lie on a title of the whole figure
        [ax] = figure.axes
        ax.set_title(f"{told}\n{ax.get_title()}", fontsize="medium")
    else:
        figure.suptitle(told, fontsize="medium")
    plt.close(figure)
    return figure
