"""Control charts of what was watched, with their data beside them."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from unmask.audits.comparison.comparison_words import comparison_words
from unmask.audits.comparison.watching import Watch, WatchedSeries

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["draw_charts"]

_WIDE = 90
"""Characters in a line of a chart's title."""


def draw_charts(found: Watch, folder: str | Path) -> list[Path]:
    """Draw a chart for each threat, track and set of frames: SVG, PNG, and the data as CSV.

    Args:
        found: What was watched.
        folder: Where the files go.

    Returns:
        The files.
    """
    import matplotlib as mpl
    import pandas as pd

    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    groups: dict[tuple[str, ...], list[WatchedSeries]] = {}
    for one in found.series:
        groups.setdefault((one.threat, one.track, one.frames), []).append(one)
    files = []
    for key, series in groups.items():
        stem = place / "control_chart_{}".format("_".join(part for part in key if part).replace("/", "-"))
        rows = [{"figure": one.figure, **look.model_dump()} for one in series for look in one.looks]
        table = pd.DataFrame(rows)
        table.to_csv(stem.with_suffix(".csv"), index=False)
        with mpl.rc_context({"svg.hashsalt": "unmask", "svg.fonttype": "none"}):
            files += [stem.with_suffix(".csv"), *_draw(series, table, stem, found)]
    return files


def _draw(series: list[WatchedSeries], table: pd.DataFrame, stem: Path, found: Watch) -> list[Path]:
    import seaborn as sns  # type: ignore[import-untyped]
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from unmask.analysis.figures import OFFLINE

    colours = sns.color_palette("colorblind", len(series))
    with sns.axes_style("whitegrid"):
        figure = Figure(figsize=(8, 6.5), layout="constrained")
        FigureCanvasAgg(figure)
        drift, evidence = figure.subplots(2, 1, sharex=True)
    for number, (one, colour) in enumerate(zip(series, colours, strict=True)):
        rows = table[table["figure"] == one.figure]
        _drift(drift, rows, one, colour, (number - 1) * 0.12)
        sns.lineplot(rows, x="look", y="evidence", ax=evidence, color=colour, marker="o", legend=False)
    boundary = series[0].looks[0].boundary
    evidence.axhline(boundary, color="black", linestyle="--", linewidth=1)
    evidence.annotate("alarm", (1, boundary), textcoords="offset points", xytext=(0, 4), fontsize="small")
    drift.axhline(0, color="black", linewidth=1)
    drift.set_ylabel("change since the baseline")
    evidence.set_ylabel("evidence of a change (log10)")
    evidence.set_xlabel("look, in the order of dates")
    evidence.xaxis.get_major_locator().set_params(integer=True)
    drift.legend(frameon=False, fontsize="small", loc="lower left", bbox_to_anchor=(0, 1), ncols=len(series))
    figure.suptitle(_title(series), fontsize="medium")
    if any(one.offline_grader for one in series):
        figure.supxlabel(OFFLINE, fontsize="small", style="italic")
    figure.savefig(stem.with_suffix(".svg"), metadata={"Date": None})
    figure.savefig(stem.with_suffix(".png"), dpi=150)
    return [stem.with_suffix(".svg"), stem.with_suffix(".png")]


def _drift(axes: Axes, rows: pd.DataFrame, one: WatchedSeries, colour: tuple[float, ...], shift: float) -> None:
    known = rows.dropna(subset=["drift"])
    below, above = known["drift"] - known["low"], known["high"] - known["drift"]
    label = comparison_words().series[one.figure]
    axes.errorbar(known["look"] + shift, known["drift"], [below, above], color=colour, marker="o", label=label)


def _title(series: list[WatchedSeries]) -> str:
    """What the chart finds."""
    alarms = [one for one in series if any(look.alarm for look in one.looks)]
    return "\n".join(fill(one.sentence, _WIDE) for one in alarms or series[:1])
