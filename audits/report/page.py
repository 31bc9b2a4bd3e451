"""The page: one HTML file that opens offline, runs nothing and asks for nothing from outside."""

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from unmask.audits.findings.finding import Arm
from unmask.audits.findings.finding_words import threat_words
from unmask.audits.findings.sentences import counted, interval, looked, number, share, summed_errors
from unmask.audits.report.quoting import Quote
from unmask.audits.report.report_words import report_words
from unmask.audits.report.results import FigureFiles, Results
from unmask.audits.report.visible_text import visible

__all__ = ["Image", "page"]


@dataclass(frozen=True)
class Image:
    """A figure as the page holds it."""

    files: FigureFiles
    svg: bytes

    @property
    def source(self) -> str:
        """As a `data:` URL; a browser runs nothing in an image."""
        return f"data:image/svg+xml;base64,{base64.b64encode(self.svg).decode()}"


def page(results: Results, quotes: Sequence[Sequence[Quote]], images: Sequence[Image]) -> str:
    """Render the page.

    Whatever text comes from a log is escaped, and its control characters are shown.

    Args:
        results: What was found.
        quotes: The transcripts of each finding.
        images: The figures.
    """
    style = _environment().get_template("report.css").render()
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            results=results,
            quotes=quotes,
            images=images,
            words=report_words(),
            style=Markup(style),
            style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
            summed=summed_errors([one.finding for one in results.findings]),
            verdicts=Counter(one.finding.verdict for one in results.findings),
            versions=sorted({one.provenance.suite_version or "-" for one in results.findings}),
            unbacked=_unbacked(results),
            offline=any(one.finding.offline_grader for one in results.findings),
        )
    )


def _unbacked(results: Results) -> int:
    """Absences beside which no run of an organism on their task was given."""
    tasks = {run.task.rpartition("/")[2] for run in results.controls}
    found = [one.finding for one in results.findings if one.finding.verdict == "absent"]
    return sum(one.task.rpartition("/")[2] not in tasks for one in found)


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("unmask.audits.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {
        "number": number,
        "interval": interval,
        "bounds": _bounds,
        "looked": looked,
        "share": share,
        "p": _p,
        "spaced": lambda name: str(name).replace("_", " "),
        "counted": lambda arm, threat: counted(arm, threat_words(threat).items),
        "plain": _plain,
    }
    return made


def _shown(value: Any) -> Any:
    """What an expression in the template comes to, with characters that nobody sees made visible."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else visible(value)


def _bounds(arm: Arm) -> str:
    return "-" if arm.low is None or arm.high is None else f"[{number(arm.low)}, {number(arm.high)}]"


def _p(value: float | None) -> str:
    if value is None:
        return "-"
    return "< .001" if value < 0.001 else f"{value:.3f}".removeprefix("0")


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return "-" if value is None else str(value)
