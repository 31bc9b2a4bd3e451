"""All figures of a log, by the metrics that its scorers register: those of the log's own results, and many more."""

import math
from collections.abc import Sequence
from typing import Any

from inspect_ai.log import EvalLog, EvalSample, EvalSampleSummary, read_eval_log, read_eval_log_sample_summaries
from inspect_ai.scorer import SampleScore

from unmask.audits.findings.sample_scores import SampleScores, place_in_log
from unmask.audits.findings.whole_runs import places
from unmask.scorers.headline_figures import computed, figures_of
from unmask.scorers.sequential.put_off import as_looked_at

__all__ = ["Figures", "Samples", "figures_of_samples", "log_figures", "log_samples"]

Figures = dict[str, dict[str, float]]
"""Scorer -> key -> value, NaN where there was nothing to compute."""

Samples = Sequence[EvalSample] | Sequence[EvalSampleSummary]
"""Samples whole or in summary."""

_NOT_COUNTED = {"quotes", "unread", "faults", "scanner_references", "beside_the_task"}
"""What scores note for a reader and no figure rests on."""

_CUT = "Key removed from summary"
"""What Inspect writes into a summary in place of what is too long for it."""


def log_figures(log: EvalLog, samples: Samples | Sequence[SampleScores] | None = None) -> Figures:
    """Compute every figure of a log.

    Args:
        log: With its samples, or the header alone; then the samples' summaries are read, and whole samples only where
            a summary has left out something that counts.
        samples: Its samples, where they were read already.

    Returns:
        The figures of each scorer. Scorers that register none have those that stand in the log's results.
    """
    printed = {one.name: {key: float(m.value) for key, m in one.metrics.items()} for one in _results(log)}
    stops = log.results.early_stopping if log.results else None
    with as_looked_at(stops.metadata if stops else {}):
        return printed | figures_of_samples(log_samples(log) if samples is None else samples)


def log_samples(log: EvalLog) -> Samples:
    """A log's samples as far as figures need them: from memory, from their summaries, or whole.

    Args:
        log: With samples or a header that knows where it lies.
    """
    if log.samples is not None:
        return sorted(log.samples, key=place_in_log)
    summaries = [one for part in places(log) for one in read_eval_log_sample_summaries(part.location)]
    if any(map(_is_cut, summaries)):
        whole = [one for part in places(log) for one in read_eval_log(part.location).samples or []]
        return sorted(whole, key=place_in_log)
    return sorted(summaries, key=place_in_log)


def figures_of_samples(samples: Samples | Sequence[SampleScores]) -> Figures:
    """Compute every registered figure of scored samples.

    Unscored samples are left out, as Inspect leaves them out of metrics, and so are samples that somebody invalidated.

    Args:
        samples: Whole, in summary, or their scores alone.
    """
    valid = [one for one in samples if getattr(one, "invalidation", None) is None]
    names = dict.fromkeys(name for one in valid for name in one.scores or {})
    return {name: computed(figures_of(name), _scores(valid, name)) for name in names if figures_of(name)}


def _scores(samples: Sequence[EvalSample | EvalSampleSummary | SampleScores], name: str) -> list[SampleScore]:
    """What one scorer says of the samples that it scored; of one scorer at a time, as a long run has many samples."""
    scored = ((one, one.scores[name]) for one in samples if one.scores and name in one.scores)
    return [
        SampleScore(score=score, sample_id=one.id, sample_metadata=one.metadata)
        for one, score in scored
        if not math.isnan(score.as_float())
    ]


def _results(log: EvalLog) -> Sequence[Any]:
    return log.results.scores if log.results else []


def _is_cut(summary: EvalSampleSummary) -> bool:
    values = [*summary.metadata.values()]
    for score in (summary.scores or {}).values():
        values += [value for key, value in (score.metadata or {}).items() if key not in _NOT_COUNTED]
    return any(isinstance(value, str) and value.startswith(_CUT) for value in values)
