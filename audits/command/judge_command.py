"""`unmask judge`: how far a grader agrees with labels, and whether transcripts can talk it round."""

import click

__all__ = ["command"]


@click.command("judge")
@click.option("--labels", help="A set known by name, a labels file, or a Hugging Face data set (owner/name).")
@click.option("--grader", "graders", multiple=True, required=True, help="Model that judges; several vote together.")
@click.option("--rubric", help="The rubric; of a set known by name, its own where none is given.")
@click.option("--half", type=click.Choice(["all", "development", "held_out"]), default="all", show_default=True)
@click.option(
    "--choose",
    type=click.Choice(["cross-validation", "other-half"]),
    default="cross-validation",
    show_default=True,
    help="What the best threshold is chosen on.",
)
@click.option("--votes", type=click.IntRange(min=1), default=1, show_default=True, help="How often each is asked.")
@click.option("--column", "columns", multiple=True, metavar="PART=COLUMN", help="Where a part of the exchange stands.")
@click.option("--target", help="Column of the label.")
@click.option("--positive", multiple=True, help="A value of the label that is a yes.")
@click.option("--negative", multiple=True, help="A value of the label that is a no.")
@click.option("--split", help="Split of a Hugging Face or Scout set.")
@click.option("--keyword", default="", help="A word whose count is a baseline.")
@click.option("--logs", multiple=True, help="Logs with the transcripts, where the labels file has only their ids.")
@click.option("--file", help="File of a set that is known by name and not bundled.")
@click.option("--injection", is_flag=True, help="Judge transcripts that try to talk the judge round.")
@click.option("--log-dir", help="Keep Inspect's logs here.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write all figures to a JSON file.")
def command(
    labels: str | None,
    graders: tuple[str, ...],
    rubric: str | None,
    half: str,
    choose: str,
    votes: int,
    columns: tuple[str, ...],
    target: str | None,
    positive: tuple[str, ...],
    negative: tuple[str, ...],
    split: str | None,
    keyword: str,
    logs: tuple[str, ...],
    file: str | None,
    injection: bool,
    log_dir: str | None,
    out: str | None,
) -> None:
    """Measure a grader on labelled transcripts.

    With --injection, the transcripts are pairs with and without a passage that addresses the judge; --labels then names
    a file of your own in place of the bundled ones.
    """
    from unmask.audits.labels.label_files import written
    from unmask.protocol.errors import ConfigurationError

    if injection:
        from unmask.audits.labels.injected.injection_table import shown_injections
        from unmask.audits.labels.injected.injections import injections, judged_injections

        tried = judged_injections(injections(labels, rubric), graders, votes, log_dir)
        shown_injections(tried)
        written(tried, out)
        return
    from unmask.audits.labels import Reading, measured, read_labels
    from unmask.audits.labels.judge_table import shown_result

    if labels is None:
        raise ConfigurationError("--labels: give a set, a file or a Hugging Face name (or --injection)")
    if choose == "other-half" and half == "all":
        raise ConfigurationError("--choose other-half: needs --half development or --half held_out")
    named = dict(entry.split("=", 1) for entry in columns if "=" in entry)
    if len(named) < len(columns):
        raise ConfigurationError(f"--column {', '.join(columns)}: must be PART=COLUMN, each part once")
    how = Reading(rubric, named, target, positive, negative, logs, split, keyword)
    found = read_labels(labels, how, half, file)  # type: ignore[arg-type]  # click has checked the choice
    other = None
    if choose == "other-half":
        other = read_labels(labels, how, "development" if half == "held_out" else "held_out", file)
    result = measured(found, graders, votes=votes, chosen_on=other, log_dir=log_dir)
    shown_result(result)
    written(result, out)
