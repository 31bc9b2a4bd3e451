"""`unmask label`: a person labels part of a run without seeing what the judge said."""

import click

__all__ = ["command"]


@click.command("label")
@click.argument("logs", nargs=-1)
@click.option("--n", type=click.IntRange(min=1), default=50, show_default=True, help="How many samples to label.")
@click.option(
    "--stratified/--random", default=True, show_default=True, help="Drawn within arm and verdict, or over all."
)
@click.option("--rubric", help="The question; that of the behaviour where none is given.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the drawing and the order.")
@click.option("--serve", is_flag=True, help="Serve the page on this machine; the default without --out.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the server; any that is free by default.")
@click.option("--out", type=click.Path(dir_okay=False), help="Write the page to a file instead.")
@click.option(
    "--save", type=click.Path(dir_okay=False), default="labels.json", show_default=True, help="The labels file."
)
@click.option("--finish", type=click.Path(dir_okay=False), help="Answers that a page saved: make the labels file.")
def command(
    logs: tuple[str, ...],
    n: int,
    stratified: bool,
    rubric: str | None,
    seed: int,
    serve: bool,
    port: int,
    out: str | None,
    save: str,
    finish: str | None,
) -> None:
    """Label samples of LOGS blind: what the judge was shown, and nothing of its verdict, the arm or the frame.

    The key lies beside the labels file and is not for the labeller. Answers are kept as they come; the same command
    goes on where it was left. How far judge and labels agree is told when all are labelled. From a page that is a file:
    unmask label --finish answers.jsonl, with the same --save.
    """
    from pathlib import Path

    from unmask.audits.findings import find_runs, whole_runs
    from unmask.audits.labels.blind.label_plan import LabelPlan, plan_labels
    from unmask.audits.labels.blind.labelling import begun, finished, label_server, page_written, places
    from unmask.audits.labels.judge_table import shown_result, table_text
    from unmask.protocol.errors import ConfigurationError

    place = Path(save)
    if finish:
        shown_result(finished(places(place)[0], Path(finish), place))
        return
    if out and serve:
        raise ConfigurationError("--out and --serve: choose one")
    if not logs and not places(place)[0].exists():
        raise ConfigurationError("LOGS: say where the logs are")
    faults: list[str] = []

    def drawn() -> LabelPlan:
        runs, found = find_runs(logs)
        headers = [part for run in runs for part in whole_runs.places(run)]
        faults.extend(map(str, found))
        if not headers:
            raise ConfigurationError("\n".join(["no log to label", *faults]))
        return plan_labels(headers, n, rubric, "stratified" if stratified else "random", seed)

    plan = begun(place, drawn, rubric)
    for line in faults:
        click.echo(line, err=True)
    if out:
        page_written(plan, Path(out))
        click.echo(f"{out}: {len(plan.items)} samples; the key is {places(place)[0]}")
        return
    with label_server(plan, place, table_text, port) as server:
        click.echo(f"{len(server.given)} of {len(plan.items)} labelled; {server.url} (stop with Ctrl-C)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo(f"{len(server.given)} of {len(plan.items)} labelled; the same command goes on from here")
            return
    click.echo(f"{place}: written")
