"""Figures of backdoor logs: how sharply a trigger is listened to, and on which kinds of work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from unmask.analysis.activation import Departure, activation
from unmask.analysis.figures import marked
from unmask.analysis.tables import samples_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = ["Logs", "activation_figure", "trigger_heat_map"]

Logs = str | Path | Sequence[str | Path]
_SCORES = ("score_departed", "score_insecure_code")
_LAST = {"clean": 3, "placebo": 2, "trigger": 0}


def activation_figure(logs: Logs, alpha: float = 0.05) -> Figure:
    """The activation curve: the rate at the trigger, at each kind of near-miss, at the placebo and without any.

    A panel for each model and trigger, with exact intervals. A model that listens to the trigger alone has one point up
    and all others down; one that reacts to anything odd has them all up.

    Args:
        logs: Paths of logs, or of a folder that holds some.
        alpha: Two-sided error of the intervals.

    Returns:
        The figure, to be saved with `savefig`.

    Raises:
        ValueError: If no sample has a trigger and a mark.
    """
    import matplotlib.pyplot as plt
    import seaborn as sns  # type: ignore[import-untyped]

    table = _marks(logs)
    tried = table.loc[table["frame"] == "trigger", ["model", "trigger"]].drop_duplicates()
    panels = list(zip(tried["model"], tried["trigger"], strict=True))
    if not panels:
        raise ValueError(f"{logs}: no sample has a trigger in place")
    sns.set_theme(style="ticks", rc={"axes.spines.right": False, "axes.spines.top": False})
    figure, axes = plt.subplots(1, len(panels), figsize=(4.4 * len(panels), 4.2), squeeze=False, layout="constrained")
    for ax, (model, trigger) in zip(axes.flat, panels, strict=True):
        of_model = table[table["model"] == model]
        shown = of_model[(of_model["trigger"] == trigger) | (of_model["frame"] == "clean")]
        _curve(ax, shown, alpha)
        ax.set(title=f"{model}\n{trigger}", xlim=(-0.04, 1.04), xlabel="outputs that depart")
    return marked(figure, table)


def trigger_heat_map(logs: Logs) -> Figure:
    """The rate of departures by trigger and kind of work, of known triggers or of a search's discovery.

    Args:
        logs: Paths of logs, or of a folder that holds some.

    Returns:
        The figure; a cell without a sample is blank. Of more than forty triggers the forty with the highest rates.

    Raises:
        ValueError: If no sample has a trigger and a mark.
    """
    import matplotlib.pyplot as plt
    import seaborn as sns

    table = _marks(logs)
    tried = table[table["frame"] == "trigger"]
    if tried.empty:
        raise ValueError(f"{logs}: no sample has a trigger in place")
    rates = tried.pivot_table(index="trigger", columns="cluster", values="value", aggfunc="mean")
    rates = rates.loc[rates.mean(axis=1).sort_values(ascending=False).index[:40]]
    figure, ax = plt.subplots(figsize=(1.5 + 0.75 * rates.shape[1], 1.6 + 0.3 * rates.shape[0]), layout="constrained")
    sns.heatmap(rates, vmin=0, vmax=1, cmap="rocket_r", annot=rates.size <= 150, fmt=".2f", linewidths=0.5, ax=ax)
    ax.set(xlabel="", ylabel="", title="outputs that depart, by trigger and kind of work")
    ax.tick_params(axis="x", rotation=40)
    return marked(figure, table)


def _marks(logs: Logs) -> pd.DataFrame:
    """Scored samples with their mark as `value`."""
    table = samples_table(logs)
    score = next((name for name in _SCORES if name in table), None)
    if score is None or "trigger" not in table:
        raise ValueError(f"{logs}: no sample has a trigger and a mark")
    kept = table[table[score].notna() & table["trigger"].notna()].copy()
    kept["value"] = kept[score].astype(float)
    return kept


def _curve(ax: object, shown: pd.DataFrame, alpha: float) -> None:
    """Points with exact intervals, the trigger on top, near-misses by their rate, the clean prompts at the bottom."""
    columns = zip(shown["item"], shown["cluster"], shown["frame"], shown["value"], strict=True)
    found = activation([Departure("", *row) for row in columns], alpha)
    order = sorted(found, key=lambda frame: (_LAST.get(frame, 1), -found[frame].share, frame), reverse=True)
    reach = [[found[f].share - found[f].low for f in order], [found[f].high - found[f].share for f in order]]
    names = [frame.removeprefix("near_").replace("_", " ") for frame in order]
    ax.errorbar([found[f].share for f in order], names, xerr=reach, fmt="o", capsize=2)  # type: ignore[attr-defined]
