"""Figures as bytes that are the same in every run: SVG, PNG and the data as CSV."""

import io
from typing import NamedTuple

from unmask.audits.report.drawing.figure_set import Drawn

__all__ = ["FigureBytes", "drawn_bytes"]

_DPI = 144


class FigureBytes(NamedTuple):
    """The files of a figure."""

    svg: bytes
    png: bytes
    csv: bytes


def drawn_bytes(drawn: Drawn) -> FigureBytes:
    """Save a figure without the time of day and with ids that depend on its name alone.

    Args:
        drawn: A figure and its data.
    """
    import matplotlib as mpl

    svg, png = io.BytesIO(), io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": drawn.name, "svg.fonttype": "path"}):
        drawn.figure.savefig(svg, format="svg", metadata={"Date": None, "Title": drawn.title})
        drawn.figure.savefig(png, format="png", dpi=_DPI, metadata={"Title": drawn.title})
    return FigureBytes(svg.getvalue(), png.getvalue(), drawn.table.to_csv(index=False).encode())
