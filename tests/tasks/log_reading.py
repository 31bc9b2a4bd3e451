"""What the tests of this folder read from a log."""

import math

from inspect_ai.log import EvalLog, EvalSample
from inspect_ai.scorer import SampleScore, Score

from unmask.audits.findings import log_figures
from unmask.scorers import contrast
from unmask.scorers.alignment_faking.faking import faking_events
from unmask.scorers.headline_figures import computed

__all__ = ["contrast_of", "metrics", "rate", "samples", "scores", "values"]


def samples(log: EvalLog) -> list[EvalSample]:
    """The samples of a run that succeeded."""
    assert log.status == "success", log.error
    assert log.samples
    return list(log.samples)


def scores(log: EvalLog, scorer: str = "complied") -> dict[str, Score]:
    """A scorer's scores, by sample id."""
    return {str(sample.id): (sample.scores or {})[scorer] for sample in samples(log)}


def values(log: EvalLog, scorer: str = "complied") -> dict[str, float]:
    """A scorer's values, by sample id; NaN where unscored."""
    return {name: score.as_float() for name, score in scores(log, scorer).items()}


def metrics(log: EvalLog, scorer: str = "complied") -> dict[str, float]:
    """All figures of a scorer."""
    assert log.results is not None, log.error
    return log_figures(log)[scorer]


def contrast_of(log: EvalLog) -> dict[str, float]:
    """Figures of the contrast, and the events that belong to it."""
    kept = [s for s in samples(log) if not math.isnan((s.scores or {})["complied"].as_float())]
    scores = [SampleScore(score=(s.scores or {})["complied"], sample_metadata=s.metadata) for s in kept]
    return computed((contrast(), faking_events()), scores)


def rate(log: EvalLog, **where: str) -> float:
    """Share of samples that complied, of those whose metadata says what is asked."""
    complied = values(log)
    chosen = [s for s in samples(log) if where.items() <= s.metadata.items()]
    return sum(complied[str(sample.id)] for sample in chosen) / len(chosen)
