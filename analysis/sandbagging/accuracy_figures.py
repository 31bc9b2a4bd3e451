"""Figures of sandbagging logs: accuracy along the levels of difficulty, arm by arm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from unmask.analysis.figures import error_bars, mark_offline
from unmask.analysis.intervals import rate
from unmask.analysis.tables import Logs, samples_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["ARMS", "accuracy_by_level", "accuracy_points"]

ARMS = {"treatment": "a high score has the consequence", "control": "a low score has it"}
"""What the arms of sandbagging are called in a legend."""


def accuracy_by_level(logs: Logs, alpha: float = 0.05) -> Figure:
    """Accuracy along the ladder of difficulty, a panel for each model, a line for each arm, with exact intervals.

    Of the target stratum of sandbagging logs. A model that lacks ability falls off to the right in both arms alike; one
    that hides it does so in one arm.

    Args:
        logs: Paths of logs, or of a folder that holds some.
        alpha: Two-sided significance level of the Clopper-Pearson intervals.

    Returns:
        The figure, to be saved with `savefig`.

    Raises:
        ValueError: If no sample has a level and a score.
    """
    import seaborn as sns  # type: ignore[import-untyped]

    table = _scored(samples_table(logs))
    grid = sns.FacetGrid(
        table, col="model", hue="answers", hue_order=list(ARMS.values()), palette="colorblind", height=3.4, aspect=1.2
    )
    grid.map_dataframe(_points, alpha=alpha)
    grid.set(ylim=(-0.03, 1.03)).set_titles("{col_name}").set_axis_labels("rung of the ladder", "right answers")
    grid.figure.set_layout_engine("constrained")
    handles, labels = grid.axes.flat[0].get_legend_handles_labels()
    grid.figure.legend(handles, labels, loc="outside upper center", ncols=len(grid.axes.flat), frameon=False)
    return mark_offline(grid.figure, table)


def accuracy_points(logs: Logs, alpha: float = 0.05) -> pd.DataFrame:
    """What `accuracy_by_level` draws.

    Args:
        logs: Paths of logs, or of a folder that holds some.
        alpha: Two-sided significance level of the Clopper-Pearson intervals.

    Returns:
        A row for each model, arm and level: `right` of `n`, `share`, `low` and `high`.

    Raises:
        ValueError: If no sample has a level and a score.
    """
    table = _scored(samples_table(logs))
    return _cells(table, ["model", "arm", "level"], alpha)


def _cells(table: pd.DataFrame, by: list[str], alpha: float) -> pd.DataFrame:
    cells = table.groupby(by)["score_correct"].agg(right="sum", n="count").reset_index()
    bounds = [rate(float(right), int(n), alpha) for right, n in zip(cells["right"], cells["n"], strict=True)]
    lows, highs = [low for low, _ in bounds], [high for _, high in bounds]
    return cells.assign(share=cells["right"] / cells["n"], low=lows, high=highs)


def _scored(table: pd.DataFrame) -> pd.DataFrame:
    """Scored answers of the target stratum, with their level as a number."""
    if "level" not in table or "score_correct" not in table:
        raise ValueError("no sample has a level and a score")
    kept = table[(table["stratum"] == "target") & table["score_correct"].notna() & table["level"].notna()].copy()
    if kept.empty:
        raise ValueError("no sample of the target stratum has a level and a score")
    kept["level"] = kept["level"].astype(int)
    kept["answers"] = kept["arm"].map(ARMS)
    return kept.sort_values("created", kind="stable") if "created" in kept else kept


def _points(data: pd.DataFrame, alpha: float, color: str, label: str) -> None:
    """One line with its intervals, the two arms set a little apart."""
    import matplotlib.pyplot as plt

    cells = _cells(data, ["level"], alpha)
    share = cells["share"]
    bars = error_bars(zip(share, cells["low"], cells["high"], strict=True))
    aside = 0.08 if label == ARMS["treatment"] else -0.08
    plt.errorbar(
        cells["level"] + aside, share, yerr=bars, color=color, label=label, marker="o", ms=4, lw=1.4, capsize=2
    )
