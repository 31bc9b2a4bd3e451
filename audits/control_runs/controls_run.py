"""The run behind `unmask controls`: cells, matrix, records, table."""

import shlex
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from unmask.audits.control_runs.control_cells import Cell, control_cells
from unmask.audits.control_runs.control_record import ControlRecord, records_of, write_controls
from unmask.audits.control_runs.detection_table import HEADER, detection_rows, detection_table, put_table
from unmask.audits.control_runs.matrix import Matrix, run_matrix

__all__ = ["controls_run"]


def controls_run(out: str, table: str | None, jobs: int, **asked: Any) -> list[ControlRecord]:
    """Run the controls that are asked for, write `controls.json`, and print the table.

    Args:
        out: Folder for `controls.json` and the logs.
        table: A Markdown file that takes the table between its markers; None for none.
        jobs: Processes at once.
        **asked: As `control_cells` takes them, `threat`, `organism` and `track` in the singular.

    Returns:
        What was written.

    Raises:
        ConfigurationError: On an argument that cannot be, before anything is run.
    """
    plural = {f"{name}s": asked.pop(name) for name in ("threat", "organism", "track") if name in asked}
    cells = control_cells(**plural, **asked)
    if table and Path(table).exists():
        put_table("", Path(table))  # a file without markers is refused before hours of runs
    matrix = _with_progress(cells, Path(out), jobs)
    records = records_of(cells, matrix)
    write_controls(records, Path(out) / "controls.json")
    if table:
        put_table(detection_table(records, shlex.join(["unmask", *sys.argv[1:]])), Path(table))
    shown = Table(box=None)
    for title in HEADER:
        shown.add_column(title, overflow="fold")
    for row in detection_rows(records):
        shown.add_row(*map(escape, row))
    Console().print(shown)
    for one in records:
        for why in one.why:
            click.echo(f"{one.task}, {one.organism}: {why}", err=True)
    click.echo(f"{len(cells)} runs, {matrix.reused} of them from logs that were there; {Path(out) / 'controls.json'}")
    return records


def _with_progress(cells: list[Cell], out: Path, jobs: int) -> Matrix:
    columns = (TextColumn("controls"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        row = bar.add_task("controls", total=len(cells))
        return run_matrix(cells, out / "logs", jobs=jobs, told=lambda done, of: bar.update(row, completed=done))
