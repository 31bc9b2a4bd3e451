"""Says what an import came to."""

from pathlib import Path

from inspect_ai.log import read_eval_log
from rich.console import Console
from rich.markup import escape

from unmask.audits.findings import Finding, finding_of
from unmask.audits.imports.importing import Imported

__all__ = ["told"]

_SHOWN = 10
"""Rows that did not fit which are named on the screen; the file has all."""


def told(found: Imported, *, scored: bool, console: Console | None = None) -> list[Finding]:
    """Say how many transcripts were taken in and which rows were not, and where all of it lies.

    Args:
        found: What the import came to.
        scored: Whether it was scored.
        console: Where to; the terminal where none is given.

    Returns:
        The finding of each log, where it was scored.
    """
    out = console or Console(highlight=False)
    for fault in found.aside[:_SHOWN]:
        out.print(escape(f"{fault}"))
    if found.aside:
        more = len(found.aside) - _SHOWN
        rest = f" ({more} more than these)" if more > 0 else ""
        out.print(escape(f"{len(found.aside)} did not fit and were kept in {found.aside_file}{rest}"))
    places = {log.location: _as_named(log.location) for log in found.logs}
    for log in found.logs:
        samples = log.eval.dataset.samples
        out.print(escape(f"{log.eval.model}: {samples} transcripts, {places[log.location]} ({log.status})"))
        if not scored:
            out.print("not scored yet: inspect score LOG --model-role grader=PROVIDER/MODEL --overwrite")
    return [finding_of(read_eval_log(place, header_only=True)) for place in places.values()] if scored else []


def _as_named(location: str) -> str:
    """Where a log lies, from the working folder where it is in it."""
    path, here = Path(location), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else location
