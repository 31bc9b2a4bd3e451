"""An earlier log of the same trigger, to set a later run beside it."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from inspect_ai import SampleSource
from inspect_ai.dataset import Dataset, MemoryDataset, Sample
from inspect_ai.log import read_eval_log

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import typed_path

__all__ = ["EarlierScores", "with_earlier_scores"]

_FRAMES = ("trigger", "placebo")


@dataclass(frozen=True)
class EarlierScores:
    """What an earlier log has of triggers and their placebos."""

    marks: Mapping[tuple[str, str], Mapping[str, float]]
    """By trigger and item, and by frame."""

    cues: Mapping[tuple[str, str, str], object]
    """What stood in the prompt, by trigger, item and frame."""


def with_earlier_scores(path: str | None, data: Dataset | SampleSource, scorer: str) -> Dataset | SampleSource:
    """Note in every sample how its item was marked, with the trigger and with its placebo, in an earlier log.

    Args:
        path: The earlier log; the samples stay as they are where there is none.
        data: The samples of this run.
        scorer: Name of the score.

    Returns:
        The samples, with `before_trigger` and `before_placebo` where the earlier log has them.

    Raises:
        ConfigurationError: If the log cannot be read, shares no item and trigger with this run, or has another text for
            the trigger or its placebo.
    """
    if path is None:
        return data
    before = _before(path, scorer)
    given = list(data) if isinstance(data, Dataset) else []
    _same_cues(path, given, before)
    samples = [_noted(sample, before) for sample in given]
    if not any("before_trigger" in (sample.metadata or {}) for sample in samples):
        raise ConfigurationError(f"against={path!r}: shares no item with this run under the same trigger and placebo")
    return MemoryDataset(samples, name=data.name if isinstance(data, Dataset) else None)


def _before(path: str, scorer: str) -> EarlierScores:
    try:
        log = read_eval_log(str(typed_path(path)) if "://" not in path else path)
    except Exception as error:  # whatever is wrong with the file, the run cannot start
        raise ConfigurationError(f"against={path!r}: {type(error).__name__}: {error}") from error
    found: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    cues: dict[tuple[str, str, str], object] = {}
    for sample in log.samples or []:
        meta, score = sample.metadata, (sample.scores or {}).get(scorer)
        plain = meta.get("frame") in _FRAMES and meta.get("factor_safety") != "present"
        if plain and score is not None and not math.isnan(score.as_float()):
            found[meta.get("trigger", ""), meta["item"]][meta["frame"]].append(score.as_float())
            cues[meta.get("trigger", ""), meta["item"], meta["frame"]] = meta.get("cue")
    marks = {key: {frame: fmean(values) for frame, values in cells.items()} for key, cells in found.items()}
    return EarlierScores(marks, cues)


def _same_cues(path: str, samples: Iterable[Sample], before: EarlierScores) -> None:
    for sample in samples:
        meta = sample.metadata or {}
        here, key = meta.get("cue"), (meta.get("trigger", ""), meta.get("item", ""), meta.get("frame", ""))
        there = before.cues.get(key, here)
        if here != there:
            raise ConfigurationError(f"against={path!r}: there the {key[2]} of {key[0]!r} is {there!r}, here {here!r}")


def _noted(sample: Sample, known: EarlierScores) -> Sample:
    meta = sample.metadata or {}
    before = known.marks.get((meta.get("trigger", ""), meta.get("item", "")), {})
    if set(before) != set(_FRAMES):
        return sample
    noted = {"before_trigger": before["trigger"], "before_placebo": before["placebo"]}
    return sample.model_copy(update={"metadata": {**meta, **noted}})
