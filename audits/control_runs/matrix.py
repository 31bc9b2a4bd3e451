"""Runs the detection matrix: what ran already is taken from its logs, the rest runs in parallel processes."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from unmask.audits.control_runs.control_cells import Cell
from unmask.audits.control_runs.run_cell import CellOutcome, cell_outcome, is_current, run_cell, silence

__all__ = ["Matrix", "run_matrix"]


@dataclass(frozen=True)
class Matrix:
    """Cells with what came of them."""

    outcomes: dict[str, CellOutcome] = field(default_factory=dict)
    """By the cell, as JSON."""

    reused: int = 0
    """Cells that had run already."""

    def of(self, cell: Cell) -> CellOutcome:
        """What came of a cell.

        Args:
            cell: One that was asked for.
        """
        return self.outcomes[cell.model_dump_json()]


def run_matrix(
    cells: Sequence[Cell], folder: Path, *, jobs: int = 1, told: Callable[[int, int], None] = lambda done, of: None
) -> Matrix:
    """Run cells, but those whose log lies in the folder already.

    A log is used again where it is of the same cell, came to its end, and is of the suite's present version and data.

    Args:
        cells: What to run.
        folder: Where the logs lie; made where it is not there.
        jobs: Processes at once; with 1 the runs are made in this one.
        told: Is told how many cells are done, of how many, whenever one is.

    Returns:
        What came of every cell.
    """
    folder.mkdir(parents=True, exist_ok=True)
    there = _finished(folder)
    known = {key: cell_outcome(there[key], cell) for cell in cells if (key := cell.model_dump_json()) in there}
    told(len(known), len(cells))
    rest = [cell for cell in cells if cell.model_dump_json() not in known]
    outcomes = dict(known)
    for cell, outcome in _run(rest, str(folder), jobs):
        outcomes[cell.model_dump_json()] = outcome
        told(len(outcomes), len(cells))
    return Matrix(outcomes, reused=len(known))


def _run(cells: Sequence[Cell], folder: str, jobs: int) -> Iterator[tuple[Cell, CellOutcome]]:
    """Cells with their outcomes, as they come; each log has a name of its own, so that order does not matter."""
    if jobs == 1 or len(cells) < 2:
        yield from ((cell, run_cell(cell, folder)) for cell in cells)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(cells)), mp_context=context, initializer=silence) as pool:
        waiting = {pool.submit(run_cell, cell, folder): cell for cell in cells}
        try:
            for future in as_completed(waiting):
                yield waiting[future], future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _finished(folder: Path) -> dict[str, object]:
    """Headers of the logs of cells that need not run again, by the cell as JSON; the youngest of several."""
    from inspect_ai.log import list_eval_logs

    from unmask.audits.findings.log_files import LogFault, read_header

    found: dict[str, object] = {}
    for info in sorted(list_eval_logs(str(folder)), key=lambda one: one.name):
        log = read_header(info.name)
        if isinstance(log, LogFault):
            continue
        told = (log.eval.metadata or {}).get("control_run")
        if told and is_current(log):
            found[Cell.model_validate(told).model_dump_json()] = log
    return found
