"""`unmask report`: a page, JSON under a schema, and figures of what logs found."""

from collections.abc import Iterable, Sequence

import click

__all__ = ["command"]


@click.command("report")
@click.argument("logs", nargs=-1, required=True)
@click.option("--out", required=True, help="Folder for the report, local or remote (s3://...).")
@click.option(
    "--judge", metavar="FILE", help="What `unmask judge` measured; corrected rates stand beside the raw ones."
)
@click.option("--controls", metavar="FILE", help="What `unmask controls` found, for the detection matrix.")
@click.option("--quotes", type=click.IntRange(0), default=10, show_default=True, help="Transcripts quoted per finding.")
def command(logs: tuple[str, ...], out: str, judge: str | None, controls: str | None, quotes: int) -> None:
    """Write report.html, results.json and figures/ of LOGS.

    LOGS are files or folders, local or remote (s3://...). The page is one file: it opens offline and runs nothing.
    """
    from unmask.audits.report import write_report
    from unmask.audits.report.visible_text import visible

    results = write_report(logs, out, judge=judge, controls=controls, quotes=quotes, steps=_steps)
    for fault in results.faults:
        click.echo(visible(f"{fault.log}: {fault.why}"), err=True)
    for one in results.findings:
        click.echo(visible(f"{one.finding.subject.name}: {one.finding.sentence}"))
    offline = sum(one.finding.offline_grader for one in results.findings)
    if offline:
        click.echo(f"{offline} of {len(results.findings)} findings rest on an offline grader.")
    click.echo(f"{out.rstrip('/')}/report.html")


def _steps(steps: Sequence[object], what: str) -> Iterable[object]:
    """Show a bar where somebody watches."""
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True)
    return track(steps, what, console=console, disable=not console.is_terminal, transient=True)
