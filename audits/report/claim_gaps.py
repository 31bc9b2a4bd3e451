"""What a claim leaves open, as far as its log and the files given with it tell."""

import re

from unmask.audits.findings import Finding
from unmask.audits.report.report_words import report_words
from unmask.audits.report.results import ControlRun, LogProvenance

__all__ = ["gaps_of"]

_DATED = re.compile(r"(19|20)\d{2}-?\d{2}(-?\d{2})?|\b\d{4}\b")


def gaps_of(
    finding: Finding, source: LogProvenance, served: list[str], controls: list[ControlRun], measured: bool
) -> list[str]:
    """Say what is missing, a sentence each.

    Args:
        finding: The claim.
        source: Where its log comes from.
        served: Models that answered in the transcripts read.
        controls: Runs of organisms that were given.
        measured: Whether the judge's errors were given, for this rubric and grader.
    """
    model = finding.subject.model
    scripted = model.startswith("organism/")
    tasks = {run.task.rpartition("/")[2] for run in controls}
    rubric = report_words().facts(finding.scorer).rubric
    found = [
        ("never", not scripted),
        ("snapshot", not scripted and not _DATED.search(model)),
        ("served", not served and not scripted),
        ("served_other", bool(served) and not scripted and any(name not in model for name in served)),
        ("commit", source.commit is None),
        ("dirty", source.dirty is True),
        ("no_grader", not finding.graders),
        ("offline", finding.offline_grader),
        ("judge", rubric is not None and not measured),
        ("controls", not controls),
        ("controls_task", bool(controls) and finding.task.rpartition("/")[2] not in tasks),
    ]
    parts = {"model": model, "served": ", ".join(served)}
    return [report_words().gaps[name].format(**parts) for name, applies in found if applies]
