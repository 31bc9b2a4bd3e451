"""Draws the report's tables. Each function gives a figure, which nobody else holds open."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

from unmask.analysis.figures import error_bars

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["attrition_bars", "awareness_points", "detection_matrix", "forest", "power_curves", "signature_points"]

PALETTE = "colorblind"
"""Seaborn's palette that people with any colour vision can tell apart."""

_MARKERS = "osD^vP"


def forest(table: pd.DataFrame, rows: str, kinds: str | None, title: str, xlabel: str) -> Figure:
    """Effects with their intervals, one below the other.

    Args:
        table: With the columns `effect`, `low` and `high`.
        rows: The column that names the rows.
        kinds: The column that tells points in one row apart, where there is one.
        title: What the figure says.
        xlabel: What the axis shows.
    """
    names = list(dict.fromkeys(table[rows]))
    figure, ax = _canvas(7.6, 2.2 + 0.52 * len(names), title)
    groups = list(dict.fromkeys(table[kinds])) if kinds else [None]
    colours = _colours(len(groups))
    for place, group in enumerate(groups):
        seen = table if kinds is None else table[table[kinds] == group]
        heights = [names.index(name) + 0.22 * (place - (len(groups) - 1) / 2) for name in seen[rows]]
        _points(ax, seen, "effect", heights, colours[place], _MARKERS[place % len(_MARKERS)], group)
    ax.axvline(0, color="0.4", lw=0.9, zorder=0)
    ax.set(xlabel=fill(xlabel, 44), ylim=(len(names) - 0.4, -0.6))
    ax.set_yticks(range(len(names)), names)
    if kinds:
        _legend(ax, len(groups))
    return figure


def signature_points(table: pd.DataFrame, title: str) -> Figure:
    """Tests of sandbagging's signature, with the adjusted p-value beside each.

    Args:
        table: As `signature_table` makes it.
        title: What the figure says.
    """
    shown = table.rename(columns={"estimate": "effect"})
    names = [
        f"{test} (p {'< .001' if p < 0.001 else f'= {p:.3f}'})"
        for test, p in zip(table["test"], table["p_holm"], strict=True)
    ]
    return forest(shown.assign(test=names), "test", None, title, "estimate; above 0 it points to sandbagging")


def awareness_points(table: pd.DataFrame, title: str) -> Figure:
    """Rates of the behaviour where the model says that it may be a test, and where it does not.

    Args:
        table: As `awareness_table` makes it.
        title: What the figure says.
    """
    shown = table.rename(columns={"rate": "effect"})
    return forest(shown, "finding", "aware", title, "items of the treatment arm that show the behaviour")


def attrition_bars(table: pd.DataFrame, title: str) -> Figure:
    """What was not scored, by arm and reason.

    Args:
        table: As `attrition_table` makes it.
        title: What the figure says.
    """
    rows = [f"{finding}\n{arm}" for finding, arm in zip(table["finding"], table["arm"], strict=True)]
    shares = table.assign(row=rows).pivot_table(index="row", columns="fate", values="share", sort=False).fillna(0.0)
    figure, ax = _canvas(7.6, 2.2 + 0.7 * len(shares), title)
    left = [0.0] * len(shares)
    for fate, colour in zip(shares.columns, _colours(len(shares.columns)), strict=True):
        ax.barh(list(shares.index), shares[fate], left=left, color=colour, label=str(fate), edgecolor="white")
        left = [so_far + more for so_far, more in zip(left, shares[fate], strict=True)]
    ax.set(xlabel="share of the arm's samples", xlim=(0, 1))
    ax.invert_yaxis()
    _legend(ax, len(shares.columns))
    return figure


def power_curves(table: pd.DataFrame, title: str) -> Figure:
    """Power along the size of the effect, a line for each threat and number of pairs.

    Args:
        table: As `power_table` makes it.
        title: What the figure says.
    """
    import seaborn as sns  # type: ignore[import-untyped]

    figure, ax = _canvas(7.6, 4.2, title)
    threats = table["threat"].str.replace("_", " ")
    lines = threats + ", " + table["pairs"].astype(str) + " items"
    shown = table.assign(run=lines)
    kinds = shown["run"].nunique()
    sns.lineplot(shown, x="effect", y="power", hue="run", style="run", ax=ax, palette=_colours(kinds), errorbar=None)
    ax.axhline(0.8, color="0.4", lw=0.9, ls=":")
    ax.set(xlabel="true effect, as a difference of rates", ylabel="power", xlim=(0, 1.02), ylim=(-0.03, 1.03))
    _legend(ax, 2)
    return figure


def detection_matrix(table: pd.DataFrame, title: str) -> Figure:
    """Share of runs in which each organism was detected by each task; what was expected stands in the cell.

    Args:
        table: As `detection_table` makes it.
        title: What the figure says.
    """
    import seaborn as sns

    shown = table.assign(task=[fill(run.replace("_", " "), 18) for run in table["run"]])
    shares = shown.pivot_table(index="organism", columns="task", values="share")
    marks = ["*" if hoped else "" for hoped in table["hoped"]]
    told = shown.assign(cell=[f"{k} of {n} {mark}" for k, n, mark in zip(table["k"], table["n"], marks, strict=True)])
    cells = told.pivot_table(index="organism", columns="task", values="cell", aggfunc="first")
    cells = cells.reindex(index=shares.index, columns=shares.columns).fillna("")
    figure, ax = _canvas(max(7.6, 3 + 1.5 * shares.shape[1]), 2.8 + 0.36 * shares.shape[0], title)
    sns.heatmap(shares, vmin=0, vmax=1, cmap="cividis", annot=cells, fmt="", linewidths=0.5, ax=ax)
    ax.set(xlabel="* detection expected", ylabel="")
    return figure


def _canvas(width: float, height: float, title: str) -> tuple[Figure, Axes]:
    import seaborn as sns
    from matplotlib.figure import Figure

    sns.set_theme(style="ticks", rc={"axes.spines.right": False, "axes.spines.top": False})
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.suptitle(fill(title, round(9.5 * width)), fontsize="medium", x=0.01, ha="left")
    return figure, figure.subplots()


def _colours(count: int) -> list[tuple[float, float, float]]:
    import seaborn as sns

    return list(sns.color_palette(PALETTE, count))


def _points(
    ax: Axes, seen: pd.DataFrame, of: str, heights: list[float], colour: object, marker: str, name: str | None
) -> None:
    points = list(zip(seen[of], seen["low"].fillna(seen[of]), seen["high"].fillna(seen[of]), strict=True))
    bars = [[max(0.0, length) for length in side] for side in error_bars(points)]
    ax.errorbar(seen[of], heights, xerr=bars, fmt=marker, color=colour, ms=5, lw=1.4, capsize=2, label=name)


def _legend(ax: Axes, columns: int) -> None:
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=min(columns, 3), frameon=False, fontsize="small")
