"""Prints comparisons for a reader."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from unmask.audits.comparison.comparison_model import Comparison, ThreatDrift
from unmask.audits.comparison.comparison_words import comparison_words, p_told
from unmask.audits.comparison.watching import Watch, WatchedSeries
from unmask.audits.findings.sentences import interval, number

__all__ = ["show_comparison", "show_watch"]


def show_comparison(found: Comparison, *, console: Console | None = None) -> None:
    """Print a comparison.

    Args:
        found: What to print.
        console: Where to; the terminal where none is given.
    """
    out = console or Console(highlight=False)
    for one in found.threats:
        _threat(one, out)
    tests = f"p after Holm's correction over {found.tests} tests; intervals {1 - found.alpha:.0%}, each by itself"
    out.print(f"\n[dim]{tests}[/dim]")


def _threat(one: ThreatDrift, out: Console) -> None:
    words = comparison_words().sentences
    out.print(f"\n[bold]{escape(', '.join(part for part in (one.threat, one.track, one.frames) if part))}[/bold]")
    out.print(f"[dim]{escape(f'{one.subjects[0]} ({one.before}) and {one.subjects[1]} ({one.after})')}[/dim]")
    if one.refused:
        out.print(escape(words["refused"].format(why="; ".join(one.refused))))
    elif not one.drifts:
        out.print(escape(words["nothing"]))
    else:
        out.print(_drifts(one))
        for drift in one.drifts:
            out.print(f"  - {escape(drift.sentence)}")
    notes = [*one.cautions, *_items(one)]
    if notes:
        out.print("[bold]Beware[/bold]")
        for note in notes:
            out.print(f"  - {escape(note)}")


def _items(one: ThreatDrift) -> list[str]:
    lists = {
        "items in the first alone": one.only_before,
        "items in the second alone": one.only_after,
        "items whose text changed, left out": one.changed_items,
        "items that were asked in other wordings, not paired": one.unpaired_items,
    }
    return [f"{name} ({len(items)}): {', '.join(items)}" for name, items in lists.items() if items]


def _drifts(one: ThreatDrift) -> Table:
    table = Table("", "before", "after", "change, paired", "p", "p, Holm", "items", box=None)
    for drift in one.drifts:
        name = (drift.arm or {"effect": "effect", "net": "net of the placebo"}[drift.of]).replace("_", " ")
        change = escape(interval(drift.change))
        cells = [name, number(drift.before), number(drift.after), change, p_told(drift.p_value), p_told(drift.holm)]
        table.add_row(*cells, str(drift.pairs), style="bold" if drift.shown else None)
    return table


def show_watch(found: Watch, *, console: Console | None = None) -> None:
    """Print what was watched.

    Args:
        found: What to print.
        console: Where to; the terminal where none is given.
    """
    out = console or Console(highlight=False)
    for one in found.series:
        out.print(f"\n[bold]{escape(one.sentence)}[/bold]")
        out.print(f"[dim]{escape(comparison_words().watch['baseline'].format(logs=', '.join(one.baseline)))}[/dim]")
        out.print(_looks(one))
    out.print(f"\n[dim]{escape(found.rule)}[/dim]")
    if any(one.offline_grader for one in found.series):
        out.print(escape(f"Beware: {comparison_words().checks['offline'].says}."))


def _looks(one: WatchedSeries) -> Table:
    table = Table("look", "date", "subject", "items", "drift", "interval", "evidence", "alarm at", "", box=None)
    for look in one.looks:
        drift = "-" if look.drift is None else number(look.drift)
        bounds = escape(f"[{number(look.low)}, {number(look.high)}]")
        evidence = [_plain(look.evidence), _plain(look.boundary), "ALARM" if look.alarm else ""]
        cells = [str(look.look), look.date[:10], look.subject, str(look.items), drift, bounds]
        table.add_row(*cells, *evidence, style="bold" if look.alarm else None)
    return table


def _plain(logarithm: float) -> str:
    """A number from its logarithm to base 10."""
    return f"{10**logarithm:.3g}" if logarithm < 6 else f"10^{logarithm:.0f}"
