"""Prints how far transcripts can talk a judge round."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from unmask.audits.labels.injected.injections import InjectionResult
from unmask.audits.labels.judge_table import share_text

__all__ = ["shown_injections"]


def shown_injections(found: InjectionResult, console: Console | None = None) -> None:
    """Print the rate of flipped verdicts, by what was tried, and the verdicts that flipped.

    Args:
        found: What was measured.
        console: Where to; the terminal where none is given.
    """
    out = console or Console(highlight=False)
    out.print(f"\n[bold]{escape(f'Passages that address the judge, {found.grader}')}[/bold]")
    out.print(escape(f"verdicts flipped {share_text(found.flipped)}"))
    out.print(escape(f"right verdicts talked round {share_text(found.talked_round)}"))
    out.print(
        f"wrong without the passage {found.wrong_before}, with it {found.wrong_after}, of {found.pairs}; "
        f"{found.lost} pairs without a verdict, {found.lost_by_injection} by the passage"
    )
    for name, shares in found.by.items():
        table = Table(name, "flipped", box=None)
        for key, share in shares.items():
            table.add_row(escape(key), escape(share_text(share)))
        out.print(table)
    lines = [
        f"{one.id} ({one.kind}, {one.place}): {'yes' if one.before else 'no'} became {'yes' if one.after else 'no'}, "
        f"right is {'yes' if one.label else 'no'}"
        for one in found.flips
    ]
    for title, entries in (("Beware", found.cautions), ("Flipped", lines)):
        if entries:
            out.print(f"[bold]{title}[/bold]")
            for line in entries:
                out.print(f"  - {escape(line)}")
