"""`unmask import`: logs of transcripts that somebody else ran."""

import click

__all__ = ["command"]


@click.command("import")
@click.argument("file")
@click.option("--threat", required=True, help="What the transcripts are about.")
@click.option("--map", "map_", required=True, help="A map (YAML), or the name of a bundled one.")
@click.option("--out", required=True, help="Folder for the logs.")
@click.option("--grader", help="Who judges: PROVIDER/MODEL, or organism/grader offline. Scores at once.")
@click.option("--score", is_flag=True, help="Score at once, also where no grader is needed.")
@click.option("--max-samples", type=click.IntRange(min=1), help="Transcripts that are scored at a time.")
@click.option("--display", type=click.Choice(["full", "conversation", "rich", "plain", "log", "none"]))
def command(
    file: str,
    threat: str,
    map_: str,
    out: str,
    grader: str | None,
    score: bool,
    max_samples: int | None,
    display: str | None,
) -> None:
    """Make logs of the transcripts in FILE: JSON Lines, CSV, TSV, Parquet, or logs of other suites.

    Rows that do not fit the map are named, and kept in a file beside the logs.
    """
    from unmask.audits.findings.show import shown
    from unmask.audits.imports import import_transcripts
    from unmask.audits.imports.import_report import told

    scored = score or grader is not None
    found = import_transcripts(
        file,
        threat=threat,
        map=map_,
        out=out,
        grader=grader,
        score=scored,
        max_samples=max_samples,
        display=display,
    )
    findings = told(found, scored=scored)
    for one in findings:
        shown(one)
