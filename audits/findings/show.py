"""Prints a finding for a reader."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from unmask.audits.findings.finding import Finding
from unmask.audits.findings.role_usage import RoleUsage
from unmask.audits.findings.sentences import interval, looked, number, share

__all__ = ["shown"]


def shown(
    found: Finding, *, usage: Sequence[RoleUsage] = (), figures: bool = False, console: Console | None = None
) -> None:
    """Print a finding.

    Args:
        found: What to print.
        usage: Calls and tokens by role, where they are to be printed too.
        figures: All figures of every scorer as well.
        console: Where to; the terminal where none is given.
    """
    out = console or Console(highlight=False)
    what = ", ".join(part for part in (found.threat, found.track, found.frames) if part)
    out.print(f"\n[bold]{escape(found.sentence)}[/bold]")
    out.print(f"[dim]{escape(f'{found.subject.name}: {what}; graded by {_graders(found)}; {found.log}')}[/dim]")
    out.print(_rates(found))
    out.print(escape(_effects(found)))
    if found.looks:
        out.print(escape(looked(found)))
    for title, lines in (
        ("Unscored", _missing(found)),
        ("Beware", found.cautions),
        ("Not seen by such a run", found.unseen),
        ("What would change this", found.would_change),
    ):
        if lines:
            out.print(f"[bold]{title}[/bold]")
            for line in lines:
                out.print(f"  - {escape(line)}")
    if usage:
        out.print(_usage(usage))
    if figures:
        out.print(_figures(found))


def _graders(found: Finding) -> str:
    return ", ".join(found.graders) or "nobody"


def _rates(found: Finding) -> Table:
    table = Table("arm", "shown", "of", "rate", "95% interval" if found.alpha == 0.05 else "interval", box=None)
    for arm in found.arms:
        counted = f"{arm.shown:g}" if arm.shown == round(arm.shown) else f"{arm.shown:.1f}"
        bounds = "-" if arm.low is None or arm.high is None else f"[{number(arm.low)}, {number(arm.high)}]"
        table.add_row(arm.name.replace("_", " "), counted, str(arm.items), number(arm.rate), escape(bounds))
    return table


def _effects(found: Finding) -> str:
    effects = (("effect", found.effect), ("net of the placebo", found.net_effect), ("neutral", found.neutral_effect))
    told = [f"{name} {interval(one)}" for name, one in effects if one]
    p_value = (
        [f"p {'< .001' if found.p_value < 0.001 else f'= {found.p_value:.3f}'}"] if found.p_value is not None else []
    )
    return "; ".join([*told, *p_value, f"{found.pairs} items compared"])


def _missing(found: Finding) -> list[str]:
    missing = found.missing
    if missing is None or not missing.share:
        return []
    arms = [
        f"{name} {share(value)}"
        for name, value in (("treatment", missing.treated), ("control", missing.control))
        if value is not None
    ]
    reasons = [f"{name}: {count}" for name, count in missing.reasons.items()]
    return [f"{share(missing.share)} of the samples compared ({', '.join(arms)})", *reasons]


def _usage(usage: Sequence[RoleUsage]) -> Table:
    table = Table("role", "models", "calls a sample", "tokens in", "tokens out", box=None)
    for one in usage:
        calls = "-" if one.calls is None else f"{one.calls:.4g}"
        sent, said = f"{one.input_tokens:,}", f"{one.output_tokens:,}"
        table.add_row(one.role, escape(", ".join(one.models)), calls, sent, said)
    return table


def _figures(found: Finding) -> Table:
    table = Table("scorer", "figure", "value", box=None)
    for scorer, values in found.figures.items():
        for key, value in values.items():
            table.add_row(scorer, key, "-" if value is None else f"{value:.4g}")
    return table
