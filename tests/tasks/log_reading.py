"""What the tests of this folder read from a log."""

from inspect_ai.log import EvalLog, EvalSample
from inspect_ai.scorer import Score

__all__ = ["contrast_of", "metrics", "rate", "samples", "scores", "values"]


_CONTRAST = {"contrast", "faking_events"}


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
    """All metrics of a scorer."""
    assert log.results is not None, log.error
    [found] = [result for result in log.results.scores if result.name == scorer]
    return {name: float(metric.value) for name, metric in found.metrics.items()}


def contrast_of(log: EvalLog) -> dict[str, float]:
    """Metrics of the contrast, and the events that belong to it."""
    assert log.results is not None, log.error
    [found] = [result for result in log.results.scores if result.name == "complied"]
    return {name: float(metric.value) for name, metric in found.metrics.items() if metric.group in _CONTRAST}


def rate(log: EvalLog, **where: str) -> float:
    """Share of samples that complied, of those whose metadata says what is asked."""
    complied = values(log)
    chosen = [s for s in samples(log) if where.items() <= s.metadata.items()]
    return sum(complied[str(sample.id)] for sample in chosen) / len(chosen)
