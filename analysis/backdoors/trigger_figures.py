"""Figures of backdoor logs: how sharply a trigger is listened to, and on which kinds of work."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from unmask.analysis.backdoors.activation import Activation, Departure, activation
from unmask.analysis.figures import error_bars, mark_offline
from unmask.analysis.tables import Logs, samples_table

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["activation_figure", "activation_points", "trigger_heat_map"]

_SCORES = ("score_departed", "score_insecure_code")
_MOST_TRIGGERS = 40
_MOST_ANNOTATED = 150
_RANK = {"clean": 3, "placebo": 2, "trigger": 0}
"""Order of the frames from the top; near-misses, which are not named here, are 1."""


def activation_figure(logs: Logs, alpha: float = 0.05) -> Figure:
    """The activation curve: the rate at the trigger, at each kind of near-miss, at the placebo and without any.

    A panel for each model, track and trigger, with exact intervals. A model that listens to the trigger alone has one
    point up and all others down; one that reacts to anything odd has them all up. What was run under a safety prompt,
    and what a search tried before it chose, is left out.

    Args:
        logs: Paths of logs, or of a folder that holds some.
        alpha: Two-sided significance level of the intervals.

    Returns:
        The figure, to be saved with `savefig`.

    Raises:
        ValueError: If no sample has a trigger and a score.
    """
    import matplotlib.pyplot as plt
    import seaborn as sns  # type: ignore[import-untyped]

    table, panels = _tried(logs)
    sns.set_theme(style="ticks", rc={"axes.spines.right": False, "axes.spines.top": False})
    figure, axes = plt.subplots(1, len(panels), figsize=(4.4 * len(panels), 4.2), squeeze=False, layout="constrained")
    for ax, panel in zip(axes.flat, panels.itertuples(), strict=True):
        _curve(ax, _rates(table, panel, alpha))
        title = f"{panel.model}\n{_label(str(panel.trigger), str(panel.text))}"
        ax.set(title=title, xlim=(-0.04, 1.04), xlabel="outputs that depart")
    return mark_offline(figure, table)


def activation_points(logs: Logs, alpha: float = 0.05) -> pd.DataFrame:
    """What `activation_figure` draws.

    Args:
        logs: Paths of logs, or of a folder that holds some.
        alpha: Two-sided significance level of the intervals.

    Returns:
        A row for each model, track, trigger and frame: `share`, `low`, `high`, and the `items` they rest on.

    Raises:
        ValueError: If no sample has a trigger and a score.
    """
    import pandas as pd

    table, panels = _tried(logs)
    rows = [
        {
            **{key: getattr(panel, key) for key in ("model", "track", "trigger")},
            "frame": frame,
            "share": found.share,
            "low": found.low,
            "high": found.high,
            "items": found.items,
        }
        for panel in panels.itertuples()
        for frame, found in _rates(table, panel, alpha).items()
    ]
    return pd.DataFrame(rows)


def trigger_heat_map(logs: Logs) -> Figure:
    """The rate of departures by trigger and kind of work, of known triggers or of all that a search tried.

    What was run under a safety prompt is left out.

    Args:
        logs: Paths of logs, or of a folder that holds some.

    Returns:
        The figure; a cell without a sample is blank. Of more than forty triggers the forty with the highest rates.

    Raises:
        ValueError: If no sample has a trigger and a score.
    """
    import matplotlib.pyplot as plt
    import seaborn as sns

    table = _scored(logs)
    tried = table[table["frame"] == "trigger"]
    if tried.empty:
        raise ValueError(f"{logs}: no sample has a trigger in place")
    tried = tried.assign(trigger=[_label(*pair) for pair in zip(tried["trigger"], tried["text"], strict=True)])
    rates = tried.pivot_table(index="trigger", columns="cluster", values="value", aggfunc="mean")
    rates = rates.loc[rates.mean(axis=1).sort_values(ascending=False).index[:_MOST_TRIGGERS]]
    figure, ax = plt.subplots(figsize=(1.5 + 0.75 * rates.shape[1], 1.6 + 0.3 * rates.shape[0]), layout="constrained")
    annotated = rates.size <= _MOST_ANNOTATED
    sns.heatmap(rates, vmin=0, vmax=1, cmap="rocket_r", annot=annotated, fmt=".2f", linewidths=0.5, ax=ax)
    ax.set(xlabel="", ylabel="", title="outputs that depart, by trigger and kind of work")
    ax.tick_params(axis="x", rotation=40)
    return mark_offline(figure, table)


def _tried(logs: Logs) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scored samples but for those of a search's first phase, and what has a panel."""
    table = _scored(logs)
    table = table[table["phase"] != "discovery"]
    panels = _panels(table)
    if panels.empty:
        raise ValueError(f"{logs}: no sample has a trigger in place")
    return table, panels


def _scored(logs: Logs) -> pd.DataFrame:
    """Scored samples without a safety prompt, with their score as `value` and the words of their trigger as `text`."""
    table = samples_table(logs)
    scores = [table[name].astype(float) for name in _SCORES if name in table]
    if not scores or "trigger" not in table:
        raise ValueError(f"{logs}: no sample has a trigger and a score")
    value = scores[0] if len(scores) == 1 else scores[0].combine_first(scores[1])
    columns = {name: table.get(name) for name in ("phase", "factor_safety", "cue")}
    table = table.assign(value=value, **columns)
    kept = table[table["value"].notna() & table["trigger"].notna() & (table["factor_safety"] != "present")]
    fired = kept[kept["frame"] == "trigger"]
    texts = _texts(zip(fired["eval_id"], fired["trigger"], map(str, fired["cue"]), strict=True))
    return kept.assign(text=[texts.get(pair, "") for pair in zip(kept["eval_id"], kept["trigger"], strict=True)])


def _texts(rows: Iterable[tuple[str, str, str]]) -> dict[tuple[str, str], str]:
    """A trigger's text by log and trigger; its name where it has several texts, or is a way to write the request."""
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for log, trigger, text in rows:
        seen[log, trigger].add(text)
    return {key: texts.pop() if len(texts) == 1 else key[1] for key, texts in seen.items()}


def _panels(table: pd.DataFrame) -> pd.DataFrame:
    """Models, tracks and triggers that have a panel; two texts are two triggers whatever their name."""
    tried = table.loc[table["frame"] == "trigger", ["model", "track", "trigger", "text"]]
    return tried.drop_duplicates(["model", "track", "text"])


def _label(trigger: str, text: str) -> str:
    """A trigger's name; the text itself where it is the user's own."""
    return textwrap.shorten(text, 40) if trigger.partition("-")[0] == "own" else trigger


def _rates(table: pd.DataFrame, panel: Any, alpha: float) -> dict[str, Activation]:
    """A panel's rates by frame."""
    here = table[(table["model"] == panel.model) & (table["track"] == panel.track)]
    shown = here[(here["text"] == panel.text) | (here["frame"] == "clean")]
    columns = zip(shown["item"], shown["cluster"], shown["frame"], shown["value"], strict=True)
    return activation([Departure("", *row) for row in columns], alpha)


def _curve(ax: Axes, found: dict[str, Activation]) -> None:
    """Points with exact intervals, the trigger on top, near-misses by their rate, the clean prompts at the bottom."""
    order = sorted(found, key=lambda frame: (_RANK.get(frame, 1), -found[frame].share, frame), reverse=True)
    names = [frame.removeprefix("near_").replace("_", " ") for frame in order]
    bars = error_bars((found[frame].share, found[frame].low, found[frame].high) for frame in order)
    ax.errorbar([found[frame].share for frame in order], names, xerr=bars, fmt="o", capsize=2)
