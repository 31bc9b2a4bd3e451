"""The figure of backdoors: rates at the trigger, at near-misses, at the placebo and without any."""

from collections.abc import Iterator

from unmask.audits.report.drawing import figure_titles
from unmask.audits.report.drawing.threat_figures import Panel, titled
from unmask.audits.report.log_reading import Reading

__all__ = ["panels"]


def panels(reading: Reading) -> Iterator[Panel]:
    """Draw the activation curve, where a trigger was in place.

    Args:
        reading: What was kept of a log.
    """
    import pandas as pd

    from unmask.analysis.backdoors.trigger_figures import activation_figure, activation_points
    from unmask.analysis.tables import SamplesTable

    rows, alpha = SamplesTable(pd.DataFrame(reading.rows)), reading.finding.alpha
    try:
        table = activation_points(rows, alpha)
    except ValueError:  # no trigger was in place
        return
    title = figure_titles.activation_title(table)
    yield Panel("activation", title, table, titled(activation_figure(rows, alpha), title))
