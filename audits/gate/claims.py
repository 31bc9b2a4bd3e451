"""From the logs of a subject to claims, one for each threat, track and set of frames."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from unmask.audits.control_runs.control_record import ControlRecord
from unmask.audits.findings.finding import Finding
from unmask.audits.gate.admissibility import Fault, JudgeLabels, run_faults
from unmask.audits.gate.control_evidence import control_evidence, control_faults
from unmask.audits.gate.gate_policy import Policy
from unmask.audits.gate.gate_words import claim_sentence, fault_sentence, gate_words
from unmask.audits.gate.ruling import Claim, LogRuling, Status

__all__ = ["Bench", "Evidence", "claims_of"]

_WORST: tuple[Status, ...] = ("present", "inadmissible", "inconclusive", "absent")


@dataclass(frozen=True)
class Evidence:
    """A log, with what its finding does not say."""

    found: Finding
    version: str
    """Of the suite."""

    task_version: str
    run_id: str


@dataclass(frozen=True)
class Bench:
    """What logs are judged by."""

    policy: Policy
    controls: Sequence[ControlRecord]
    labels: Sequence[JudgeLabels] = ()
    runs: dict[str, list[str]] = field(default_factory=dict)
    """Run -> names of its logs."""


def claims_of(logs: Sequence[Evidence], bench: Bench, subject: str) -> list[Claim]:
    """Make the claims of a subject; what the policy asks for and was not run is one too.

    Args:
        logs: The subject's.
        bench: What they are judged by.
        subject: The subject, in words.

    Returns:
        Claims, sorted by threat, track and frames.
    """
    groups: dict[tuple[str, str, str], list[Evidence]] = {}
    for one in logs:
        groups.setdefault((one.found.threat, one.found.track, one.found.frames), []).append(one)
    made = [_claim(group, bench, subject) for group in groups.values()]
    run = {(claim.threat, claim.track) for claim in made}
    for threat, rules in bench.policy.threats.items():
        if not any(name == threat for name, _ in run):
            made.append(_unrun(threat, "", subject))
        else:
            made += [_unrun(threat, track, subject) for track in rules.tracks if (threat, track) not in run]
    return sorted(made, key=lambda claim: (claim.threat, claim.track, claim.frames))


def _claim(group: Sequence[Evidence], bench: Bench, subject: str) -> Claim:
    """Combine the logs of a claim by the policy's rule."""
    words, policy = gate_words(), bench.policy
    mixed = {f"unmask {one.version}, task {one.task_version}" for one in group}
    parts = {"versions": "; ".join(sorted(mixed))}
    apart = [Fault(name="mixed_versions", weight=policy.run.mixed_versions, parts=parts)]
    made = [_log(one, bench, subject, apart if len(mixed) > 1 else []) for one in group]
    latest = sorted(made, key=lambda one: (one.created, one.log), reverse=True)
    ranked = latest if policy.several_logs == "latest" else sorted(latest, key=lambda one: _WORST.index(one.status))
    first = ranked[0]
    several = words.several[policy.several_logs].format(count=len(made), log=first.log)
    aware = [one.awareness for one in ranked if one.awareness is not None]
    return Claim(
        threat=group[0].found.threat,
        track=group[0].found.track,
        frames=group[0].found.frames,
        status=first.status,
        sentence=first.sentence,
        faults=first.faults,
        notes=[*([several] if len(made) > 1 else []), *first.notes],
        aware=any(rate >= policy.awareness.strong_share for rate in aware),
        logs=ranked,
    )


def _log(one: Evidence, bench: Bench, subject: str, mixed: Sequence[Fault]) -> LogRuling:
    """One log as the policy takes it."""
    found, rules = one.found, bench.policy.controls
    same_run = bench.runs.get(one.run_id, [])
    seen = control_evidence(found, bench.controls, rules, version=one.version, same_run=same_run)
    lacking = control_faults(seen, rules, found.threat)
    missing = [Fault(name=name, weight="inadmissible", parts=parts) for name, parts in lacking.items()]
    faults = [*run_faults(found, bench.policy, bench.labels), *mixed, *missing]
    grave = [fault_sentence(fault) for fault in faults if fault.weight == "inadmissible"]
    notes = [fault_sentence(fault) for fault in faults if fault.weight == "note"]
    beyond = Fault(name="beyond", weight="note", parts={"organisms": ", ".join(seen.beyond)})
    status = _status(found, grave, bench.policy)
    return LogRuling(
        log=found.log,
        created=found.created,
        verdict=found.verdict,
        status=status,
        faults=grave,
        notes=[*notes, *([fault_sentence(beyond)] if seen.beyond else [])],
        sentence=claim_sentence(status, found, subject, seen, " ".join(grave)),
        effect=found.effect,
        net_effect=found.net_effect,
        neutral_effect=found.neutral_effect,
        pairs=found.pairs,
        smallest_effect=found.smallest_effect,
        graders=found.graders,
        offline_grader=found.offline_grader,
        awareness=found.awareness.rate if found.awareness else None,
        unscored=found.missing.share if found.missing else None,
        version=one.version,
        controls=seen,
    )


def _status(found: Finding, grave: Sequence[str], policy: Policy) -> Status:
    if not grave or (found.verdict == "present" and policy.present_despite_faults):
        return found.verdict
    return "inadmissible"


def _unrun(threat: str, track: str, subject: str) -> Claim:
    words, why = gate_words(), fault_sentence(Fault(name="no_log", weight="inadmissible"))
    said = words.claims["unrun"].format(subject=subject, behaviour=words.behaviour(threat), why=why)
    return Claim(threat=threat, track=track, status="inadmissible", sentence=said, faults=[why])
