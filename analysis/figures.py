"""Figures of finished logs, with seaborn. What was made with organisms says so on its face."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from unmask.analysis.intervals import rate
from unmask.analysis.tables import samples_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["ARMS", "OFFLINE", "accuracy_by_level", "marked"]

ARMS = {"treatment": "a high score has the consequence", "control": "a low score has it"}
"""What the arms of sandbagging are called in a legend."""

OFFLINE = "Scripted organisms and an offline grader: nothing here is about a real model."


def accuracy_by_level(logs: str | Path | Sequence[str | Path], alpha: float = 0.05) -> Figure:
    """Accuracy along the ladder of difficulty, a panel a model, a line an arm, with exact intervals.

    Of the target stratum of sandbagging logs. A model that lacks ability falls off to the right in both arms alike; one
    that hides it does so in one arm.

    Args:
        logs: Paths of logs, or of a folder that holds some.
        alpha: Two-sided error of the Clopper-Pearson intervals.

    Returns:
        The figure, to be saved with `savefig`.

    Raises:
        ValueError: If no sample has a level and a mark.
    """
    import seaborn as sns  # type: ignore[import-untyped]

    table = _marks(samples_table(logs))
    grid = sns.FacetGrid(table, col="model", hue="answers", hue_order=list(ARMS.values()), height=3.4, aspect=1.2)
    grid.map_dataframe(_points, alpha=alpha)
    grid.set(ylim=(-0.03, 1.03)).set_titles("{col_name}").set_axis_labels("rung of the ladder", "right answers")
    grid.figure.set_layout_engine("constrained")
    handles, labels = grid.axes.flat[0].get_legend_handles_labels()
    grid.figure.legend(handles, labels, loc="outside upper center", ncols=len(grid.axes.flat), frameon=False)
    return marked(grid.figure, table)


def marked(figure: Figure, table: pd.DataFrame) -> Figure:
    """Write beneath a figure that it was made offline, where it was: with an organism or with the offline grader.

    Args:
        figure: A figure of constrained layout.
        table: The samples that it shows.
    """
    offline = table["model"].astype(str).str.startswith("organism/") | table["tags"].astype(str).str.contains("offline")
    if offline.any():
        figure.supxlabel(fill(OFFLINE, round(13 * figure.get_figwidth())), fontsize="small", style="italic")
    return figure


def _marks(table: pd.DataFrame) -> pd.DataFrame:
    """Scored answers of the target stratum, with their level as a number."""
    if "level" not in table or "score_correct" not in table:
        raise ValueError("no sample has a level and a mark")
    kept = table[(table["stratum"] == "target") & table["score_correct"].notna() & table["level"].notna()].copy()
    if kept.empty:
        raise ValueError("no sample of the target stratum has a level and a mark")
    kept["rung"] = kept["level"].astype(int)
    kept["answers"] = kept["arm"].map(ARMS)
    return kept.sort_values("created", kind="stable") if "created" in kept else kept


def _points(data: pd.DataFrame, alpha: float, color: str, label: str) -> None:
    """One line with its intervals, the two arms set a little apart."""
    import matplotlib.pyplot as plt

    cells = data.groupby("rung")["score_correct"].agg(["sum", "count"]).reset_index()
    bounds = [rate(float(row["sum"]), int(row["count"]), alpha) for _, row in cells.iterrows()]
    share = cells["sum"] / cells["count"]
    aside = 0.08 if label == ARMS["treatment"] else -0.08
    reach = [[s - low for s, (low, _) in zip(share, bounds, strict=True)]]
    reach += [[high - s for s, (_, high) in zip(share, bounds, strict=True)]]
    plt.errorbar(
        cells["rung"] + aside, share, yerr=reach, color=color, label=label, marker="o", ms=4, lw=1.4, capsize=2
    )
