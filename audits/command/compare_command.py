"""`unmask compare`: two versions of a subject against each other, or one over time."""

import click

__all__ = ["command"]


@click.command("compare")
@click.argument("logs", nargs=-1)
@click.option("--alpha", default=0.05, show_default=True, help="Two-sided error.")
@click.option("--anyway", is_flag=True, help="Compare also where the protocols differ; said beside the result.")
@click.option("--watch", "folder", help="Watch the dated logs of this folder instead.")
@click.option("--threat", help="With --watch: this threat alone.")
@click.option("--baseline", default=1, show_default=True, help="With --watch: how many logs are the baseline.")
@click.option("--out", help="With --watch: folder for the control charts.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(
    logs: tuple[str, ...],
    alpha: float,
    anyway: bool,
    folder: str | None,
    threat: str | None,
    baseline: int,
    out: str | None,
    as_json: bool,
) -> None:
    """Hold the logs A and B (files or folders) of two versions of a subject against each other.

    Exit code 0 whatever is found.
    """
    if folder is not None:
        if logs:
            raise click.UsageError("--watch takes its logs from the folder; A and B are for a comparison")
        _watch(folder, threat, baseline, alpha, out, as_json)
        return
    if len(logs) != 2:
        raise click.UsageError("give the logs of both versions, A and B, or --watch FOLDER")
    _compare(*logs, alpha=alpha, anyway=anyway, as_json=as_json)


def _compare(before: str, after: str, *, alpha: float, anyway: bool, as_json: bool) -> None:
    from unmask.audits.comparison import compare_logs
    from unmask.audits.comparison.comparison_tables import show_comparison
    from unmask.audits.findings import find_runs

    (old, faults), (new, more) = find_runs([before]), find_runs([after])
    for fault in (*faults, *more):
        click.echo(str(fault), err=True)
    found = compare_logs(old, new, alpha=alpha, anyway=anyway)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        show_comparison(found)
    for line in found.unmatched:
        click.echo(line, err=True)


def _watch(folder: str, threat: str | None, baseline: int, alpha: float, out: str | None, as_json: bool) -> None:
    from unmask.audits.comparison import watch_logs
    from unmask.audits.comparison.comparison_tables import show_watch
    from unmask.audits.comparison.control_chart import draw_charts
    from unmask.audits.findings import find_runs

    headers, faults = find_runs([folder])
    for fault in faults:
        click.echo(str(fault), err=True)
    found = watch_logs(headers, threat=threat, baseline=baseline, alpha=alpha)
    files = draw_charts(found, out or "control_charts")
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        show_watch(found)
        for path in files:
            click.echo(str(path))
    for line in found.left_out:
        click.echo(line, err=True)
