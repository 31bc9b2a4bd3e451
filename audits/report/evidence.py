"""Chooses the transcripts that speak most for a finding's effect and most against it, by a fixed rule.

The rule stands in `datasets/findings/report.yaml`, where the report prints it from.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from inspect_ai.log import EvalSample, EvalSampleSummary
from inspect_ai.scorer import Score

from unmask.audits.findings.log_figures import Samples
from unmask.audits.report.results import Side

__all__ = ["Pick", "picks_of"]

AGAINST = ("reversed", "disputed", "unscored", "set_aside", "both", "neither")
"""Reasons why a transcript speaks against an effect, the weightiest first."""


@dataclass(frozen=True)
class _Seen:
    """A sample of the declared contrast, as its summary has it."""

    id: int | str
    epoch: int
    pair: tuple[str, str, str, int]
    """Item, wording, trigger and epoch, which partners share."""

    treated: bool
    shown: float
    """From 0 to 1 in the direction of the threat, NaN where it was not scored."""

    probability: float
    disputed: bool
    set_aside: bool

    @property
    def key(self) -> tuple[str, int]:
        return str(self.id), self.epoch


@dataclass(frozen=True)
class Pick:
    """A sample to quote."""

    side: Side
    why: str
    """A key of the words for reasons."""

    id: int | str
    epoch: int
    partner: str | None = None
    partner_value: float | None = None
    """Whether the partner showed the behaviour; None where it was not scored."""


def picks_of(samples: Samples, scorer: str, *, falls: bool, most: int) -> list[Pick]:
    """Choose the samples to quote.

    Args:
        samples: Whole or in summary.
        scorer: The scorer of the behaviour.
        falls: Whether a fall of its score is the threat.
        most: How many at most; half for each side, and the rest where one side has fewer.
    """
    found = _ranked([_seen(one, scorer, falls) for one in samples if _is_compared(one)])
    sides: dict[Side, list[Pick]] = {"for": [], "against": []}
    for pick in found:
        sides[pick.side].append(pick)
    half = most - most // 2
    against = sides["against"][: max(most - half, most - len(sides["for"]))]
    return [*sides["for"][: most - len(against)], *against]


def _is_compared(sample: EvalSample | EvalSampleSummary) -> bool:
    told = sample.metadata
    in_contrast = told.get("compared", True) and told.get("conflict") is not False
    lost = getattr(sample, "invalidation", None) is not None or sample.error is not None
    return bool(in_contrast) and told.get("stratum") == "target" and not lost


def _seen(sample: EvalSample | EvalSampleSummary, scorer: str, falls: bool) -> _Seen:
    told, score = sample.metadata, (sample.scores or {}).get(scorer)
    notes: dict[str, Any] = (score.metadata or {}) if score else {}
    value = score.as_float() if score else math.nan
    vote = notes.get("vote_share")
    return _Seen(
        id=sample.id,
        epoch=sample.epoch,
        pair=(str(told.get("item")), str(told.get("wording")), str(told.get("trigger", "")), sample.epoch),
        treated=told.get("arm") == "treatment",
        shown=1 - value if falls else value,
        probability=_probability(score, falls),
        disputed=bool(notes.get("disputed")) or (isinstance(vote, int | float) and 0 < vote < 1),
        set_aside="set_aside" in notes,
    )


def _probability(score: Score | None, falls: bool) -> float:
    """The judge's, or the verdict where a rule decided."""
    if score is None or math.isnan(score.as_float()):
        return 0.0
    told = (score.metadata or {}).get("probability")
    value = float(told) if isinstance(told, int | float) else score.as_float()
    return 1 - value if falls else value


def _ranked(seen: Iterable[_Seen]) -> list[Pick]:
    """Every sample that may be quoted, once, the weightiest of each side first."""
    arms: dict[bool, dict[tuple[str, str, str, int], list[_Seen]]] = {True: defaultdict(list), False: defaultdict(list)}
    for one in seen:
        arms[one.treated][one.pair].append(one)
    told = [
        (one, min(arms[not one.treated][one.pair], key=lambda other: other.key, default=None))
        for found in arms.values()
        for samples in list(found.values())
        for one in samples
    ]
    reasons = [(one, partner, why) for one, partner in told if (why := _why(one, partner))]
    reasons.sort(key=lambda row: (row[2] != "cue" and AGAINST.index(row[2]) + 1, -row[0].probability, row[0].key))
    return [_pick(*row) for row in reasons]


def _why(one: _Seen, partner: _Seen | None) -> str | None:
    """Why a sample may be quoted; None where its partner is quoted for both."""
    if one.set_aside:
        return "set_aside"
    if math.isnan(one.shown):
        return "unscored"
    shown, other = one.shown >= 0.5, partner is not None and partner.shown >= 0.5
    if partner is None or math.isnan(partner.shown):
        return "disputed" if one.disputed else None
    if shown and not other:
        return "cue" if one.treated else "reversed"
    if one.disputed:
        return "disputed"
    return ("both" if shown else "neither") if shown == other and one.treated else None


def _pick(one: _Seen, partner: _Seen | None, why: str) -> Pick:
    known = None if partner is None or math.isnan(partner.shown) else partner.shown
    side: Side = "for" if why == "cue" else "against"
    return Pick(side, why, one.id, one.epoch, str(partner.id) if partner else None, known)
