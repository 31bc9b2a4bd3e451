"""What a log tells a plan: how much the pairs differ, what is lost, and what a sample takes in calls and tokens."""

import math
from collections import Counter
from collections.abc import Sequence
from statistics import fmean
from typing import Any

from inspect_ai.log import EvalLog, EvalSample, EvalSampleSummary
from inspect_ai.model import ModelUsage
from inspect_ai.scorer import SampleScore

from unmask.analysis.legs import legs_of
from unmask.audits.findings import finding_of
from unmask.audits.findings.finding import Verdict
from unmask.audits.findings.log_figures import log_samples
from unmask.audits.findings.role_usage import some_samples
from unmask.protocol.design import SampleDesign
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import Record
from unmask.scorers.contrast import declared, estimators, neutral
from unmask.scorers.scored import scored

__all__ = ["EarlierRun", "LegSeen", "RoleTokens", "earlier_run"]

_READ = 40
"""Whole samples that are read to count calls."""


class LegSeen(Record):
    """A comparison that a verdict rests on, as the log has it."""

    name: str
    pairs: int
    discordance: float
    """Mean squared difference of the pairs; for yes or no, the share whose arms differ."""

    design_effect: float
    """How many items are worth one, since items of a family resemble each other."""


class RoleTokens(Record):
    """What a sample takes of one role, on average."""

    role: str
    model: str
    calls: float | None
    """None where no sample with its events could be read."""

    usage: dict[str, float]
    """Tokens by kind, as Inspect names them."""


class EarlierRun(Record):
    """What a log tells a plan."""

    log: str
    threat: str
    track: str
    frames: str
    offline: bool
    """Whether an organism or an offline grader took part."""

    verdict: Verdict
    arguments: dict[str, Any]
    """Of the task."""

    items: int
    """Items of the contrast that were run."""

    samples: int
    """All samples, epochs counted."""

    unscored: float
    """Share of the samples of the contrast that could not be scored."""

    kept: float
    """Share of the items that were compared in the leg that lost most."""

    legs: list[LegSeen]
    roles: list[RoleTokens]


def earlier_run(log: EvalLog) -> EarlierRun:
    """Read what a plan needs from a log.

    Args:
        log: With samples, or the header alone.

    Raises:
        ConfigurationError: If nothing in it is a behaviour that was scored, or it holds no samples.
    """
    found, samples = finding_of(log), log_samples(log)
    if not samples:
        raise ConfigurationError(f"{log.location}: holds no samples, so that it tells a plan nothing")
    designs = [SampleDesign.read(sample.metadata) for sample in samples]
    items = {one.item for one in designs if one.pooled}
    legs = _legs(samples, found.scorer, found.threat, found.alpha)
    return EarlierRun(
        log=log.location,
        threat=found.threat,
        track=found.track,
        frames=found.frames,
        offline=found.offline_grader or log.eval.model.startswith("organism/"),
        verdict=found.verdict,
        arguments=dict(log.eval.task_args),
        items=len(items),
        samples=len(samples),
        unscored=found.missing.share if found.missing else 0.0,
        kept=min((leg.pairs for leg in legs), default=0) / max(len(items), 1),
        legs=legs,
        roles=_roles(log, samples),
    )


def _legs(samples: Sequence[EvalSample | EvalSampleSummary], scorer: str, threat: str, alpha: float) -> list[LegSeen]:
    kept = [
        SampleScore(score=score, sample_id=sample.id, sample_metadata=sample.metadata)
        for sample in samples
        if getattr(sample, "invalidation", None) is None
        if (score := (sample.scores or {}).get(scorer)) and not math.isnan(score.as_float())
    ]
    seen = scored(kept)
    legs = legs_of(declared(seen), neutral(seen), alpha=alpha, estimators=estimators(threat))
    named = {"effect": legs.effect, "net effect": legs.net, "effect against neutral frames": legs.neutral}
    return [
        LegSeen(name=name, pairs=leg.pairs, discordance=leg.discordance, design_effect=leg.pairs / leg.effective_pairs)
        for name, leg in named.items()
        if leg.pairs and leg.effective_pairs
    ]


def _roles(log: EvalLog, samples: Sequence[EvalSample | EvalSampleSummary]) -> list[RoleTokens]:
    """Tokens by role, over the samples that used any; whatever is not the subject is a grader or another role."""
    calls, used = _calls(log, samples), [_by_role(log.eval.model, sample) for sample in samples if sample.model_usage]
    names = sorted({key for one in used for key in one}, key=lambda key: (key[0] != "subject", key))
    return [
        RoleTokens(
            role=role,
            model=model,
            calls=calls.get((role, model)) if calls else None,
            usage={kind: fmean(_tokens(one.get((role, model)), kind) for one in used) for kind in _KINDS},
        )
        for role, model in names
    ]


_KINDS = ("input_tokens", "output_tokens", "input_tokens_cache_read", "input_tokens_cache_write")


def _tokens(usage: ModelUsage | None, kind: str) -> int:
    return (getattr(usage, kind) or 0) if usage else 0


def _by_role(subject: str, sample: EvalSample | EvalSampleSummary) -> dict[tuple[str, str], ModelUsage]:
    """Usage by role and model; what a grader used that is the subject too is told apart by its role."""
    graded = sample.role_usage.get("grader")
    found = {("subject" if name == subject else "grader", name): usage for name, usage in sample.model_usage.items()}
    if graded and set(sample.model_usage) == {subject}:
        own = sample.model_usage[subject]
        rest = {kind: _tokens(own, kind) - _tokens(graded, kind) for kind in _KINDS}
        return {("subject", subject): ModelUsage(**rest), ("grader", subject): graded}
    return found


def _calls(log: EvalLog, samples: Sequence[EvalSample | EvalSampleSummary]) -> dict[tuple[str, str], float]:
    """Calls by role and model of a sample, from some samples spread over the log."""
    whole = some_samples(log, samples, _READ)
    counts: Counter[tuple[str, str]] = Counter()
    for sample in whole:
        for event in sample.events:
            if event.event == "model":
                graded = event.role == "grader" or event.model != log.eval.model
                counts["grader" if graded else "subject", event.model] += 1
    return {key: count / len(whole) for key, count in counts.items()}
