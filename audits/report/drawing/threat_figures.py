"""A figure that a threat adds to a finding, and how a figure of `analysis` becomes one."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Panel", "titled"]


@dataclass(frozen=True)
class Panel:
    """A figure about one finding, and what it shows."""

    name: str
    title: str
    table: pd.DataFrame
    figure: Figure


def titled(figure: Figure, title: str) -> Figure:
    """Write above a figure what it says, and let pyplot go of it; it can still be saved.

    Args:
        figure: Made with pyplot.
        title: What it says.
    """
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
