"""Figures of sandbagging: the tests of its signature, and accuracy along the levels of difficulty."""

from collections.abc import Iterator

from unmask.audits.report.drawing import drawings, figure_tables, figure_titles
from unmask.audits.report.drawing.threat_figures import Panel, titled
from unmask.audits.report.log_reading import Reading

__all__ = ["panels"]


def panels(reading: Reading) -> Iterator[Panel]:
    """Draw what there are data for.

    Args:
        reading: What was kept of a log.
    """
    import pandas as pd

    from unmask.analysis.sandbagging.accuracy_figures import accuracy_by_level, accuracy_points
    from unmask.analysis.tables import SamplesTable

    alpha = reading.finding.alpha
    signature = figure_tables.signature_table(reading.finding)
    if len(signature):
        title = figure_titles.signature_title(signature, alpha)
        yield Panel("signature", title, signature, drawings.signature_points(signature, title))
    rows = SamplesTable(pd.DataFrame(reading.rows))
    try:
        table = accuracy_points(rows, alpha)
    except ValueError:  # questions without levels
        return
    title = figure_titles.accuracy_title(reading.finding)
    yield Panel("accuracy", title, table, titled(accuracy_by_level(rows, alpha), title))
