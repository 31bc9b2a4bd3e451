"""What figures of all threats share: the note beneath those that were made offline, and error bars."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import fill
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["OFFLINE", "error_bars", "mark_offline"]

OFFLINE = "Scripted organisms and an offline grader: nothing here is about a real model."
"""The note beneath a figure of samples that no real model answered or graded."""


def mark_offline(figure: Figure, table: pd.DataFrame) -> Figure:
    """Write beneath a figure that it was made offline, where it was: with an organism or with the offline grader.

    Args:
        figure: A figure of constrained layout.
        table: The samples that it shows, with the columns `model` and `tags`.

    Returns:
        The same figure.
    """
    offline = table["model"].astype(str).str.startswith("organism/") | table["tags"].astype(str).str.contains("offline")
    if offline.any():
        figure.supxlabel(fill(OFFLINE, round(13 * figure.get_figwidth())), fontsize="small", style="italic")
    return figure


def error_bars(points: Iterable[tuple[float, float, float]]) -> list[list[float]]:
    """Lengths of error bars, as `errorbar` takes them.

    Args:
        points: Estimate, lower and upper bound of every point.

    Returns:
        Distances down and distances up, shape (2, points).
    """
    known = list(points)
    return [[middle - low for middle, low, _ in known], [high - middle for middle, _, high in known]]
