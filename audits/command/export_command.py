"""`unmask export`: findings in the forms that registers of evaluations ask for."""

from pathlib import Path

import click

__all__ = ["command"]


@click.command("export")
@click.argument("logs", nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(["every-eval-ever", "factsheet"]),
    required=True,
    help="The register, or the questionnaire.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="A folder for every-eval-ever, else a file."
)
@click.option("--answers", help="A YAML file with what no log says: who ran it, who made the models.")
def command(logs: tuple[str, ...], form: str, out: Path, answers: str | None) -> None:
    """Write what LOGS found for other people's registers.

    LOGS are files or folders, local or remote (s3://...). Written files are listed on standard output; what could not
    be exported has a line on standard error.
    """
    from unmask.audits.exports import read_answers, write_every_eval_ever, write_factsheet
    from unmask.audits.findings import find_runs
    from unmask.protocol.errors import ConfigurationError

    told = read_answers(answers)
    headers, faults = find_runs(logs)
    complaints = [str(fault) for fault in faults]
    written: list[Path] = []
    if form == "factsheet" and headers:
        blank, more = write_factsheet(headers, out, told)
        written = [out]
        complaints += more
        complaints += [f"blank, to be answered by hand: {', '.join(blank)}"] if blank else []
    elif form == "every-eval-ever":
        written, more = write_every_eval_ever(headers, out, told)
        complaints += more
    for path in written:
        click.echo(path)
    for line in complaints:
        click.echo(line, err=True)
    if not written:
        raise ConfigurationError("no log to export")
