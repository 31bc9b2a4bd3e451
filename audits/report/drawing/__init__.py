"""Figures of a report, each with the data that it shows."""

from unmask.audits.report.drawing.figure_files import FigureBytes, drawn_bytes
from unmask.audits.report.drawing.figure_set import Drawn, figures_of_report

__all__ = ["Drawn", "FigureBytes", "drawn_bytes", "figures_of_report"]
