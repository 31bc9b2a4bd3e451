"""What the judge was asked in a run, as it stands in the log: verdicts, and what the judge was shown."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalLog, EvalSample, EvalSampleSummary, read_eval_log_sample, read_eval_log_sample_summaries
from inspect_ai.scorer import Score
from inspect_ai.util import Store

from unmask.audits.findings import find_logs
from unmask.protocol.design import SampleDesign
from unmask.protocol.errors import ConfigurationError
from unmask.scorers.judge.exchange import read_exchange
from unmask.scorers.judge.rubric import Rubric
from unmask.scorers.transcript import transcript_of

__all__ = ["Judged", "judged_samples", "parts_by_id", "parts_of", "parts_shown", "rubrics_told"]

_CUT = 900
"""Characters from which a summary may have cut an explanation."""

_TOLD = re.compile(r"(?:^|\s)(\w+): [\w-]+ \(\d+ of \d+ votes read")
"""How a judge's verdict stands in a score's explanation."""


@dataclass(frozen=True)
class Judged:
    """A sample on which a judge gave a verdict."""

    id: str
    """The sample's `uuid`, which is Scout's id of the transcript."""

    sample: str
    epoch: int
    log: str
    arm: str
    frame: str
    verdict: str
    """The rubric's label."""

    probability: float | None
    graders: tuple[str, ...]


def judged_samples(log: EvalLog, rubric: Rubric) -> Iterator[Judged]:
    """The samples of a log that a judge gave a verdict on; not those that a rule decided or that have no verdict.

    Args:
        log: A log's header.
        rubric: What the judge was asked.
    """
    for summary in read_eval_log_sample_summaries(log.location):
        found = _verdict(summary.scores or {}, rubric)
        if found is None and any(len(one.explanation or "") >= _CUT for one in (summary.scores or {}).values()):
            whole = read_eval_log_sample(log.location, summary.id, summary.epoch, exclude_fields={"events", "store"})
            found = _verdict(whole.scores or {}, rubric)
        if found is not None:
            yield _judged(log.location, summary, *found)


def rubrics_told(log: EvalLog, scorer: str | None = None) -> set[str]:
    """Names of the rubrics by which a judge gave verdicts in a log.

    Args:
        log: A log's header.
        scorer: In the scores of this scorer alone.
    """
    return {
        name
        for summary in read_eval_log_sample_summaries(log.location)
        for told_by, score in (summary.scores or {}).items()
        if scorer in (None, told_by)
        for name in _TOLD.findall(score.explanation or "")
    }


def parts_of(judged: Judged, rubric: Rubric) -> dict[str, str]:
    """What a judge was shown of a sample.

    Args:
        judged: The sample.
        rubric: What the judge was asked.
    """
    return parts_shown(
        read_eval_log_sample(judged.log, judged.sample, judged.epoch, resolve_attachments="full"), rubric
    )


def parts_shown(sample: EvalSample, rubric: Rubric) -> dict[str, str]:
    """The parts of an exchange that a rubric shows: as the judge was asked, else as they can be read anew.

    Args:
        sample: Whole, with its attachments resolved.
        rubric: What the judge was asked.
    """
    for event in reversed(sample.events):
        asked = event.input[1].text if isinstance(event, ModelEvent) and len(event.input) > 1 else ""
        if f"# Questions: {rubric.id}\n" in asked:
            shown = read_exchange(asked, rubric.id)
            if any(shown.get(part) for part in rubric.own_parts):
                return {part: shown[part] for part in rubric.shows if shown.get(part)}
    parts = _read_anew(sample)
    return {part: parts[part] for part in rubric.shows if parts.get(part)}


def parts_by_id(logs: Sequence[str], ids: set[str], rubric: Rubric) -> dict[str, dict[str, Any]]:
    """What a judge would be shown of samples that are known by their `uuid`, with each one's arm.

    Args:
        logs: Files and folders.
        ids: The samples' ids.
        rubric: What the judge is to be asked.

    Raises:
        ConfigurationError: If there are no logs.
    """
    found: dict[str, dict[str, Any]] = {}
    for log in find_logs(logs)[0]:
        for summary in read_eval_log_sample_summaries(log.location):
            if summary.uuid in ids:
                whole = read_eval_log_sample(log.location, summary.id, summary.epoch, resolve_attachments="full")
                row = {"parts": parts_shown(whole, rubric), "arm": str(summary.metadata.get("arm", ""))}
                found[str(summary.uuid)] = row
    return found


def _verdict(scores: Mapping[str, Score], rubric: Rubric) -> tuple[str, Score] | None:
    """A judge's verdict by a rubric, from the first score that tells it."""
    labels = "|".join(dict.fromkeys(re.escape(rule.label) for rule in rubric.labels))
    told = re.compile(rf"(?:^|\s){re.escape(rubric.id)}: ({labels}) \(\d+ of \d+ votes read")
    for score in scores.values():
        explanation = score.explanation or ""
        found = told.match(explanation) or next(reversed([*told.finditer(explanation)]), None)
        if found:
            return found[1], score
    return None


def _judged(log: str, summary: EvalSampleSummary, verdict: str, score: Score) -> Judged:
    notes = score.metadata or {}
    return Judged(
        id=summary.uuid or f"{summary.id}/{summary.epoch}",
        sample=str(summary.id),
        epoch=summary.epoch,
        log=log,
        arm=str(summary.metadata.get("arm", "")),
        frame=str(summary.metadata.get("frame", "")),
        verdict=verdict,
        probability=notes.get("probability"),
        graders=tuple(notes.get("graders") or ()),
    )


def _read_anew(sample: EvalSample) -> dict[str, str]:
    try:
        design = SampleDesign.read(sample.metadata)
    except ConfigurationError:
        design = None
    asked = sample.input if isinstance(sample.input, str) else "\n".join(message.text for message in sample.input)
    return transcript_of(design, asked, sample.messages, sample.output, Store(sample.store)).parts
