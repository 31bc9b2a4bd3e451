"""`unmask show`: what a log found, in plain sentences."""

import json

import click

__all__ = ["command"]


@click.command("show")
@click.argument("logs", nargs=-1, required=True)
@click.option("--figures", is_flag=True, help="All figures of every scorer as well.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, a list with one finding a log.")
def command(logs: tuple[str, ...], figures: bool, as_json: bool) -> None:
    """Say what LOGS found: the finding, the arms' rates, what was unscored and why, what could not be seen.

    It also says what each role took: its calls a sample, and its tokens.

    LOGS are files or folders, local or remote (s3://...).
    """
    from unmask.audits.findings import find_runs, finding_of, role_usage
    from unmask.audits.findings.log_figures import log_samples
    from unmask.audits.findings.show import shown
    from unmask.protocol.errors import ConfigurationError

    headers, faults = find_runs(logs)
    complaints, found = [str(fault) for fault in faults], []
    for header in headers:
        try:
            samples = log_samples(header)
            found.append((finding_of(header, samples), role_usage(header, samples)))
        except ConfigurationError as error:
            complaints.append(str(error))
    if as_json:
        click.echo(json.dumps([one.model_dump(mode="json") for one, _ in found], indent=2, ensure_ascii=False))
    else:
        for one, usage in found:
            shown(one, usage=usage, figures=figures)
    for line in complaints:
        click.echo(line, err=True)
    if not found:
        raise ConfigurationError("no log to show")
