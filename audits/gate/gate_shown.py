"""Prints a ruling for a reader."""

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from unmask.audits.findings.sentences import interval, share
from unmask.audits.gate.gate_words import gate_words
from unmask.audits.gate.ruling import Claim, Ruling, SubjectRuling

__all__ = ["ruling_shown"]

_COLOURS = {"proceed": "green", "deeper review": "yellow", "hold": "red"}


def ruling_shown(ruling: Ruling, console: Console | None = None) -> None:
    """Print a ruling.

    Args:
        ruling: What to print.
        console: Where to; the terminal where none is given.
    """
    out = console or Console(highlight=False)
    for one in ruling.subjects:
        out.print(f"\n[bold {_COLOURS[one.decision]}]{escape(one.subject)}: {one.decision}[/]")
        out.print(escape(gate_words().decisions[one.decision]))
        _lines(out, "Why", one.reasons)
        out.print(_table(one))
        _lines(out, "Claims", [claim.sentence for claim in one.claims])
        _lines(out, "Stopping early", [one.looks] if one.looks else [])
        present = [claim for claim in one.claims if claim.status == "present"]
        _lines(out, "Faults of what is present", dict.fromkeys(line for claim in present for line in claim.faults))
        _lines(out, "Notes", dict.fromkeys(line for claim in one.claims for line in claim.notes))
        _lines(out, "Gaps in the claims", one.gaps)
    _lines(out, "Left out", ruling.left_out)
    out.print(escape(f"\nPolicy {ruling.policy} (sha256 {ruling.policy_sha256}); exit code {ruling.exit_code}."))


def _lines(out: Console, title: str, lines: Iterable[str]) -> None:
    told = list(lines)
    if told:
        out.print(f"[bold]{title}[/bold]")
        for line in told:
            out.print(f"  - {escape(line)}")


def _table(one: SubjectRuling) -> Table:
    table = Table(box=None)
    for title in ("threat", "track", "frames", "claim", "effect", "net", "unscored", "says test", "controls"):
        table.add_column(title, overflow="fold")
    for claim in one.claims:
        table.add_row(*map(escape, (claim.threat, claim.track, claim.frames, claim.status, *_figures(claim))))
    return table


def _figures(claim: Claim) -> tuple[str, ...]:
    if not claim.logs:
        return ("-",) * 5
    log, seen = claim.logs[0], claim.logs[0].controls
    rates = ["-" if rate is None else share(rate) for rate in (log.unscored, log.awareness)]
    effects = [interval(one) if one else "-" for one in (log.effect, log.net_effect)]
    told = f"{seen.found}/{seen.runs}, false {seen.alarms}/{seen.negative_runs}" if seen else "-"
    return (*effects, *rates, told)
