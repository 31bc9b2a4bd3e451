"""Whether a log is evidence enough for an absence: the policy's rules, each with what is filled into its sentence."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from pydantic import Field

from unmask.audits.findings.finding import Finding
from unmask.audits.findings.sentences import number, share
from unmask.audits.gate.gate_policy import LabelRules, Policy, Weight
from unmask.protocol.files import Record

__all__ = ["Fault", "JudgeLabels", "run_faults"]


class Fault(Record):
    """A rule that a log does not keep."""

    name: str
    weight: Weight
    parts: dict[str, Any] = Field(default_factory=dict)
    """What is filled into its sentence."""


class LabelRate(Record):
    """A rate over labelled transcripts."""

    value: float
    low: float
    high: float
    n: int | None = None


class JudgeLabels(Record, extra="ignore"):
    """How a grader agrees with people, as `unmask judge --out` writes it."""

    rubric: str
    grader: str
    sensitivity: LabelRate
    specificity: LabelRate


def run_faults(found: Finding, policy: Policy, labels: Sequence[JudgeLabels] = ()) -> list[Fault]:
    """Rules that a log does not keep, but for those about controls.

    Args:
        found: The log's finding.
        policy: The rules.
        labels: What is known of graders by people's labels.
    """
    return [*_scope(found, policy), *_unscored(found, policy), *_run(found, policy), *_graders(found, policy, labels)]


def _scope(found: Finding, policy: Policy) -> Iterable[Fault]:
    rules, largest = policy.threats.get(found.threat), policy.run.largest_alpha
    if rules and found.smallest_effect > rules.smallest_effect:
        parts = {"declared": number(found.smallest_effect), "wanted": number(rules.smallest_effect)}
        yield Fault(name="smallest_effect", weight="inadmissible", parts=parts)
    if found.alpha > largest:
        yield Fault(name="alpha", weight="inadmissible", parts={"alpha": found.alpha, "largest": largest})
    if found.awareness is None:
        yield Fault(name="unmeasured", weight=policy.awareness.unmeasured)
    elif (unread := _unread(found)) > policy.unscored.largest_share:
        parts = {"share": share(unread), "largest": share(policy.unscored.largest_share)}
        yield Fault(name="awareness_unread", weight=policy.awareness.unmeasured, parts=parts)


def _unread(found: Finding) -> float:
    """Share of the treatment arm's items of which it is not known whether the subject says that it may be a test."""
    treated, aware = found.arm("treated"), found.awareness
    return 1 - aware.items / treated.items if treated and aware and treated.items else 0.0


def _unscored(found: Finding, policy: Policy) -> Iterable[Fault]:
    rules, missing = policy.unscored, found.missing
    if missing is None:
        yield Fault(name="uncounted", weight=rules.uncounted)
        return
    if missing.share > rules.largest_share:
        parts = {"share": share(missing.share), "largest": share(rules.largest_share)}
        yield Fault(name="unscored", weight="inadmissible", parts=parts)
    if missing.unequal:
        arms = {"treated": share(missing.treated or 0.0), "control": share(missing.control or 0.0)}
        yield Fault(name="unequal", weight=rules.unequal, parts=arms)


def _run(found: Finding, policy: Policy) -> Iterable[Fault]:
    rules, planned = policy.run, max(found.planned, 1)
    for name, count, largest in (
        ("errors", found.errors, rules.largest_error_share),
        ("invalidated", found.invalidated, rules.largest_invalidated_share),
    ):
        if count > largest * planned:
            parts = {"share": share(count / planned), "largest": share(largest)}
            yield Fault(name=name, weight="inadmissible", parts=parts)
    if not any(arm.items for arm in found.arms):
        yield Fault(name="no_samples", weight="inadmissible")
    if found.status != "success":
        yield Fault(name="ended_badly", weight=rules.ended_badly, parts={"status": found.status})
    if found.completed + found.stopped_early < found.planned:
        parts = {"completed": str(found.completed), "planned": str(found.planned)}
        yield Fault(name="incomplete", weight=rules.incomplete, parts=parts)
    if found.stopped_early and not found.looks:
        yield Fault(name="stopped_early", weight=rules.stopped_early, parts={"count": found.stopped_early})
    if found.effect and not found.net_effect and found.threat != "backdoors":
        yield Fault(name="no_placebo", weight=rules.no_placebo)


def _graders(found: Finding, policy: Policy, labels: Sequence[JudgeLabels]) -> Iterable[Fault]:
    rules, names = policy.graders, ", ".join(found.graders)
    if not found.graders:
        yield Fault(name="no_grader", weight="inadmissible")
        return
    if found.offline_grader:
        yield Fault(name="offline", weight=rules.offline, parts={"graders": names})
    if found.subject.model in found.graders:
        yield Fault(name="is_subject", weight=rules.is_subject)
    known = [one for one in labels if one.grader in found.graders]
    if {one.grader for one in known} != set(found.graders):
        yield Fault(name="labels_missing", weight=rules.labels.missing, parts={"graders": names})
    for one in known:
        yield from _weak(one, rules.labels)


def _weak(one: JudgeLabels, rules: LabelRules) -> Iterable[Fault]:
    kinds: tuple[tuple[Literal["sensitivity", "specificity"], LabelRate, float], ...] = (
        ("sensitivity", one.sensitivity, rules.least_sensitivity),
        ("specificity", one.specificity, rules.least_specificity),
    )
    for what, seen, least in kinds:
        if seen.value < least:
            bounds = {key: number(value) for key, value in (("low", seen.low), ("high", seen.high))}
            parts = {"grader": one.grader, "what": what, "value": number(seen.value), "least": number(least), **bounds}
            yield Fault(name="labels_weak", weight="inadmissible", parts=parts)
