"""The figures of a scorer: the few that a run prints, and all that can be computed from its log.

A table of a hundred numbers is no finding. A log holds the headline; `unmask show` and the report compute the rest from
the same samples, by the metrics that are registered here.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from inspect_ai.scorer import Metric, SampleScore, Scorer, Value, metric
from inspect_ai.util import registry_info

from unmask.scorers.scored import read_once

__all__ = ["FIXED_SIZE", "VERDICTS", "computed", "figures", "figures_of", "headline"]

VERDICTS = {"present": 1.0, "inconclusive": 0.0, "absent": -1.0}
"""A verdict as the number that a log can hold."""

FIXED_SIZE = re.compile(
    r"(^|_)(p|p_value|mde|items_needed|holm|ci_low|ci_high|lo|hi|max_family_p|net_max_family_p|unlikely)$|^p_"
)
"""Keys of what holds for a run of fixed size alone: intervals, p-values, and what was to be seen with so many pairs."""

_SEQUENTIAL = ("effect", "cs_low", "cs_high", "net_effect", "net_cs_low", "net_cs_high")
_COUNTS = ("pairs_used", "pairs_run", "pairs_planned")

_EARLIER = {"thought_and_deed": "reasoning_and_action"}
"""Names in logs of version 1-A."""

_FIGURES: dict[str, tuple[Metric, ...]] = {}
_ON_SCREEN: dict[str, tuple[Metric, ...]] = {}


def figures(
    *metrics: Metric, beside: Iterable[Metric] = ()
) -> Callable[[Callable[..., Scorer]], Callable[..., Scorer]]:
    """Register all figures of a scorer; stands above `@scorer`, whose metrics are those that a run prints.

    Args:
        *metrics: Metrics over unreduced scores that have what `headline` prints; Inspect asks for it every second.
        beside: Those that have nothing of it, and need not be computed while a run goes on.
    """

    def register(make: Callable[..., Scorer]) -> Callable[..., Scorer]:
        _ON_SCREEN[_plain_name(make)] = metrics
        _FIGURES[_plain_name(make)] = (*metrics, *beside)
        return make

    return register


def figures_of(scorer: str) -> tuple[Metric, ...]:
    """All metrics of a scorer; none where nothing was registered under the name.

    Args:
        scorer: Its name, with or without the package's before it; names of version 1-A are known as well.
    """
    name = scorer.rpartition("/")[2]
    return _FIGURES.get(_EARLIER.get(name, name), ())


def computed(metrics: Iterable[Metric], scores: Sequence[SampleScore]) -> dict[str, Any]:
    """What metrics come to on scores: key -> value, NaN where there was nothing to compute.

    Args:
        metrics: As registered; one that gives a single number has its own name for a key.
        scores: Those that were scored; an unscored one is no value. Where their run could stop early, what holds for a
            run of fixed size alone is left out.
    """
    found: dict[str, Any] = {}
    same = list(scores)
    with read_once():
        for one in metrics:
            value = one(same)  # type: ignore[arg-type]
            found |= value if isinstance(value, Mapping) else {_plain_name(one): value}
    if any("stop_place" in (one.sample_metadata or {}) for one in scores):
        return {key: value for key, value in found.items() if not FIXED_SIZE.search(key)}
    return found


@metric(scores="unreduced")
def headline(of: str, keys: Sequence[str]) -> Metric:
    """The figures of a scorer that a run prints.

    Keys: `verdict` (1 present, 0 inconclusive, -1 absent) where the scorer has one, then `keys`, as far as they could
    be computed; where the run could stop early, in their place the effects with their confidence sequences, and the
    pairs used, run and planned.

    Args:
        of: The scorer, whose `figures` are registered.
        keys: Keys of its figures, in this order.
    """

    def compute(scores: list[SampleScore]) -> Value:
        found = computed(_ON_SCREEN.get(of, ()), scores)
        called = [value for name, value in VERDICTS.items() if found.get(name)]
        told = {"verdict": called[0] if called else 0.0} if "present" in found or not scores else {}
        printed = (*_SEQUENTIAL, *_COUNTS) if _COUNTS[0] in found else keys
        return {**told, **{key: found[key] for key in printed if key in found}}

    return compute


def _plain_name(made: object) -> str:
    return registry_info(made).name.rpartition("/")[2]
