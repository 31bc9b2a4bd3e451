"""Makes a report of logs: reads them, reads what is quoted, draws, and writes page, JSON and figures."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TypeVar

import fsspec  # type: ignore[import-untyped]

from unmask.analysis.multiplicity import holm
from unmask.audits.findings import find_runs
from unmask.audits.report.claim_gaps import gaps_of
from unmask.audits.report.given_files import JudgeErrors, corrected_arms, read_controls, read_judges
from unmask.audits.report.log_reading import Reading, read_log
from unmask.audits.report.page import Image, page
from unmask.audits.report.quoting import Quote, quote_of
from unmask.audits.report.report_words import report_words
from unmask.audits.report.results import ControlRun, Fault, FigureFiles, Reported, Results
from unmask.protocol.errors import ConfigurationError

__all__ = ["Report", "Steps", "read_report", "write_report"]

T = TypeVar("T")
Steps = Callable[[Sequence[T], str], Iterable[T]]
"""Goes through steps and shows how far it has come: takes the steps and what they do."""


def _plain(steps: Sequence[T], _: str) -> Iterable[T]:
    return steps


@dataclass(frozen=True)
class Report:
    """A report before it is written."""

    results: Results
    readings: list[Reading]
    quotes: list[list[Quote]] = field(default_factory=list)
    """Transcripts of every finding, in its order."""


def write_report(
    logs: Iterable[str],
    out: str,
    *,
    judge: str | None = None,
    controls: str | None = None,
    quotes: int = 10,
    steps: Steps[object] = _plain,
) -> Results:
    """Write `report.html`, `results.json` and `figures/` of logs.

    The same logs give the same bytes: nothing depends on the time of day or on the order in which they are named.

    Args:
        logs: Files and folders, local or remote.
        out: A folder, local or remote, which is made where it does not exist; files of these names are replaced.
        judge: A JSON file that `unmask judge` wrote.
        controls: A JSON file that `unmask controls` wrote.
        quotes: Transcripts quoted of each finding.
        steps: Shows progress.

    Returns:
        What was written as `results.json`.

    Raises:
        ConfigurationError: If no log can be used, or a file that was given has a fault.
    """
    report = read_report(logs, judge=judge, controls=controls, quotes=quotes, steps=steps)
    write = _writer(out)
    images = _figures(report, write)
    results = report.results.model_copy(update={"figures": [image.files for image in images]})
    write("results.json", _canonical(results))
    write("report.html", page(results, report.quotes, images).encode())
    return results


def read_report(
    logs: Iterable[str],
    *,
    judge: str | None = None,
    controls: str | None = None,
    quotes: int = 10,
    steps: Steps[object] = _plain,
) -> Report:
    """Read logs and what is quoted of them, without drawing or writing anything.

    Args:
        logs: Files and folders, local or remote.
        judge: A JSON file that `unmask judge` wrote.
        controls: A JSON file that `unmask controls` wrote.
        quotes: Transcripts quoted of each finding.
        steps: Shows progress.

    Raises:
        ConfigurationError: If no log can be used, or a file that was given has a fault.
    """
    judges = read_judges(judge) if judge else []
    runs = read_controls(controls) if controls else []
    readings, faults = _readings(logs, quotes, steps)
    told: list[list[Quote]] = []
    for reading in steps(readings, "reading what is quoted"):
        assert isinstance(reading, Reading)
        quoted, unread = _quoted(reading)
        told.append(quoted)
        faults += unread
    reported = _adjusted([_reported(*pair, judges, runs) for pair in zip(readings, told, strict=True)])
    made_with = {name: version(name) for name in ("inspect_ai", "unmask")}
    return Report(Results(made_with=made_with, findings=reported, faults=faults, controls=runs), readings, told)


def _readings(logs: Iterable[str], quotes: int, steps: Steps[object]) -> tuple[list[Reading], list[Fault]]:
    headers, found = find_runs(logs)
    faults = [Fault(log=fault.log, why=fault.why) for fault in found]
    readings = []
    for place in steps(range(len(headers)), "reading logs"):
        header = headers[int(str(place))]
        try:
            readings.append(read_log(header, quotes))
        except Exception as error:  # one log that breaks its reader must not cost the others
            faults.append(Fault(log=header.location, why=_said(error, header.location)))
    if not readings:
        why = "; ".join(f"{fault.log}: {fault.why}" for fault in faults)
        raise ConfigurationError(f"no log to report on: {why}")
    return sorted(readings, key=_order), sorted(faults, key=lambda fault: fault.log)


def _quoted(reading: Reading) -> tuple[list[Quote], list[Fault]]:
    """What is quoted of a log, and what of it could not be read."""
    quoted, unread = [], []
    for pick in reading.picks:
        log = reading.place(pick)
        try:
            quoted.append(quote_of(log, pick))
        except Exception as error:  # a sample that breaks its reader must not cost the others
            unread.append(Fault(log=log, why=f"sample {pick.id!r} {_said(error, log)}"))
    return quoted, unread


def _said(error: Exception, log: str) -> str:
    if isinstance(error, ConfigurationError):
        return str(error).removeprefix(f"{log}: ")
    return f"cannot be read ({type(error).__name__}: {(str(error).splitlines() or [''])[0]})"


def _order(reading: Reading) -> tuple[str, ...]:
    found = reading.finding
    return found.threat, found.subject.model, found.track, found.frames, found.created, found.log


def _reported(reading: Reading, quotes: list[Quote], judges: list[JudgeErrors], runs: list[ControlRun]) -> Reported:
    served = sorted({quote.served for quote in quotes if quote.served})
    corrected, whys = corrected_arms(reading.finding, judges)
    rubric = report_words().facts(reading.finding.scorer).rubric
    measured = any(arm.rubric == rubric for arm in corrected)
    return Reported(
        finding=reading.finding,
        provenance=reading.provenance,
        attrition=reading.attrition,
        usage=reading.usage,
        corrected=corrected,
        uncorrected=whys,
        gaps=gaps_of(reading.finding, reading.provenance, served, runs, measured),
        served=served,
        evidence=[quote.evidence for quote in quotes],
    )


def _adjusted(reported: list[Reported]) -> list[Reported]:
    """Findings with their p-values adjusted for their number, and with a gap where two are of the same run."""
    told = {str(n): one.finding.p_value for n, one in enumerate(reported)}
    adjusted = holm({name: p for name, p in told.items() if p is not None})
    runs = Counter(one.finding.eval_id for one in reported)
    twin = report_words().gaps["twin"]
    return [
        one.model_copy(
            update={
                "p_holm": adjusted.get(str(n)),
                "gaps": one.gaps + [twin.format(eval_id=eval_id)] * (runs[eval_id] > 1),
            }
        )
        for n, one in enumerate(reported)
        for eval_id in [one.finding.eval_id]
    ]


def _figures(report: Report, write: Callable[[str, bytes], None]) -> list[Image]:
    import matplotlib as mpl

    from unmask.audits.report.drawing import drawn_bytes, figures_of_report

    images = []
    with mpl.rc_context({"text.parse_math": False}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # of a name in another script
        for drawn in figures_of_report(report.readings, report.results.controls):
            found = drawn_bytes(drawn)
            paths = {end: f"figures/{drawn.name}.{end}" for end in ("svg", "png", "csv")}
            for end, path in paths.items():
                write(path, getattr(found, end))
            files = FigureFiles(name=drawn.name, title=drawn.title, finding=drawn.finding, **paths)
            images.append(Image(files, found.svg))
    return images


def _writer(out: str) -> Callable[[str, bytes], None]:
    filesystem, root = fsspec.core.url_to_fs(out)
    filesystem.makedirs(f"{root}/figures", exist_ok=True)

    def write(name: str, content: bytes) -> None:
        filesystem.pipe_file(f"{root}/{name}", content)

    return write


def _canonical(results: Results) -> bytes:
    """JSON with sorted keys, in ASCII, so that nothing in it can hide; infinite figures are null."""
    plain = json.loads(results.model_dump_json())
    return (json.dumps(plain, indent=2, sort_keys=True) + "\n").encode()
