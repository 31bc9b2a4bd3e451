"""An earlier log of the same trigger, to set a later run beside it."""

import math
from collections import defaultdict
from collections.abc import Mapping
from statistics import fmean

from inspect_ai import SampleSource
from inspect_ai.dataset import Dataset, MemoryDataset, Sample
from inspect_ai.log import read_eval_log

from unmask.protocol.errors import ConfigurationError

__all__ = ["Marks", "since"]

Marks = Mapping[tuple[str, str], Mapping[str, float]]


def since(path: str | None, data: Dataset | SampleSource, scorer: str) -> Dataset | SampleSource:
    """Note in every sample how its item was marked, with the trigger and with its placebo, in an earlier log.

    Args:
        path: The earlier log; the samples stay as they are where there is none.
        data: The samples of this run.
        scorer: Name of the score.

    Returns:
        The samples, with `before_trigger` and `before_placebo` where the earlier log has them.

    Raises:
        ConfigurationError: If the log cannot be read, or shares no item and trigger with this run.
    """
    if path is None:
        return data
    marks = _marks(path, scorer)
    samples = [_noted(sample, marks) for sample in data] if isinstance(data, Dataset) else []
    if not any("before_trigger" in (sample.metadata or {}) for sample in samples):
        raise ConfigurationError(f"against={path!r}: shares no item with this run under the same trigger and placebo")
    return MemoryDataset(samples, name=data.name if isinstance(data, Dataset) else None)


def _marks(path: str, scorer: str) -> Marks:
    try:
        log = read_eval_log(path)
    except Exception as error:  # whatever is wrong with the file, the run cannot start
        raise ConfigurationError(f"against={path!r}: {type(error).__name__}: {error}") from error
    found: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for sample in log.samples or []:
        meta, score = sample.metadata, (sample.scores or {}).get(scorer)
        plain = meta.get("frame") in ("trigger", "placebo") and meta.get("factor_safety") != "present"
        if plain and score is not None and not math.isnan(score.as_float()):
            found[meta.get("trigger", ""), meta["item"]][meta["frame"]].append(score.as_float())
    return {key: {frame: fmean(values) for frame, values in cells.items()} for key, cells in found.items()}


def _noted(sample: Sample, marks: Marks) -> Sample:
    meta = sample.metadata or {}
    before = marks.get((meta.get("trigger", ""), meta.get("item", "")), {})
    if set(before) != {"trigger", "placebo"}:
        return sample
    noted = {"before_trigger": before["trigger"], "before_placebo": before["placebo"]}
    return sample.model_copy(update={"metadata": {**meta, **noted}})
