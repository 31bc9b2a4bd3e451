"""`unmask controls`: what each task finds of organisms whose behaviour is known."""

import click

__all__ = ["command"]


@click.command("controls")
@click.option("--out", default="controls", show_default=True, help="Folder for controls.json and the logs.")
@click.option("--threat", multiple=True, help="Tasks to run; all where none is named.")
@click.option("--organism", multiple=True, help="Organisms to run; all where none is named.")
@click.option("--track", multiple=True, help="Tracks to run; each task's first where none is named.")
@click.option("--frames", help="A set of frames in place of the usual one.")
@click.option("--grader", default="organism/grader", show_default=True, help="Who judges.")
@click.option("--seeds", default=1, show_default=True, type=click.IntRange(1), help="Runs of each.")
@click.option("--limit", type=click.IntRange(1), help="Items (scenarios, pairs) a run.")
@click.option("--strength", type=click.FloatRange(0, 1), help="Share of items on which organisms act on their cue.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1), help="Processes at once.")
@click.option("--table", help="A Markdown file that takes the table between its markers.")
def command(out: str, table: str | None, jobs: int, **asked: object) -> None:
    """Run organisms against tasks, and say which were found, which should have been, and how sure that is.

    What ran already is not run again: the logs lie in OUT. Organisms that were made for another task run too, and
    should not be found. `unmask gate --controls OUT/controls.json` admits an absence by these figures.
    """
    from unmask.audits.control_runs.controls_run import controls_run

    controls_run(out, table, jobs, **asked)
