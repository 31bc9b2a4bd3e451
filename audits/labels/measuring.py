"""Puts a judge to labelled transcripts and gathers its verdicts."""

import math
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from inspect_ai import Task, eval
from inspect_ai.log import EvalLog, EvalSample

from unmask.audits.labels.labelled_task import labelled_task
from unmask.audits.labels.reading import LabelledTranscripts
from unmask.protocol.errors import ConfigurationError

__all__ = ["Verdict", "judge_tasks", "verdict_of", "verdicts_on"]


@dataclass(frozen=True)
class Verdict:
    """What a judge said of one labelled transcript."""

    id: str
    arm: str
    label: bool
    verdict: bool | None
    """None where there is none; `reason` then says why."""

    graded: float
    """How probable it holds a yes, 0 to 1; the verdict where it states nothing."""

    words: float
    keywords: float
    explanation: str
    reason: str | None = None


def verdicts_on(
    found: LabelledTranscripts, graders: Sequence[str], votes: int = 1, log_dir: str | None = None
) -> list[Verdict]:
    """Ask a judge about labelled transcripts.

    Args:
        found: The transcripts.
        graders: Names of models; several vote.
        votes: How often each is asked.
        log_dir: Where Inspect's log is kept; nowhere where none is given.

    Raises:
        ConfigurationError: If the run did not end well.
    """
    [samples] = judge_tasks([labelled_task(found, votes)], graders, log_dir)
    return [verdict_of(sample) for sample in samples]


def judge_tasks(tasks: list[Task], graders: Sequence[str], log_dir: str | None = None) -> list[list[EvalSample]]:
    """Run tasks in which nobody is asked but the judge.

    Args:
        tasks: As from `labelled_task`.
        graders: Names of models; several vote.
        log_dir: Where Inspect's logs are kept; nowhere where none is given.

    Returns:
        The samples of each task.

    Raises:
        ConfigurationError: If a grader is unknown, or a run did not end well.
    """
    roles: Any = {"grader": list(graders) if len(graders) > 1 else graders[0]}
    display: Literal["none", "plain"] = "none" if all(name.startswith("organism/") for name in graders) else "plain"
    with _folder(log_dir) as folder:
        try:
            logs = eval(tasks, model="none", model_roles=roles, display=display, log_dir=folder, log_realtime=False)
        except ConfigurationError:
            raise
        except Exception as error:  # an unknown provider, a missing key: whatever it is, nothing was asked
            raise ConfigurationError(f"--grader {', '.join(graders)}: {str(error).splitlines()[0]}") from error
        return [_samples(log) for log in logs]


@contextmanager
def _folder(log_dir: str | None) -> Iterator[str]:
    if log_dir:
        yield log_dir
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield folder


def _samples(log: EvalLog) -> list[EvalSample]:
    if log.status != "success" or log.samples is None:
        why = log.error.message.splitlines()[-1] if log.error and log.error.message else log.status
        raise ConfigurationError(f"the judge could not be run: {why}")
    return list(log.samples)  # they are read from the log's file, which may not stay


def verdict_of(sample: EvalSample) -> Verdict:
    """The judge's verdict on a labelled transcript.

    Args:
        sample: Of a task as from `labelled_task`, scored.
    """
    score = (sample.scores or {}).get("agrees_with_label")
    notes = (score.metadata if score else None) or {}
    told = "verdict" in notes
    reason = None if told else (score.reason if score and score.reason else "error" if sample.error else "no_verdict")
    return Verdict(
        id=str(sample.id),
        arm=sample.metadata["arm"],
        label=bool(sample.metadata["label"]),
        verdict=bool(notes["verdict"]) if told else None,
        graded=float(notes.get("graded", math.nan)),
        words=float(notes.get("words", math.nan)),
        keywords=float(notes.get("keywords", math.nan)),
        explanation=(score.explanation if score else None) or "",
        reason=reason,
    )
