"""The gate itself: logs, controls and a policy, to a ruling."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from inspect_ai.log import EvalLog
from pydantic import ValidationError

from unmask.audits.control_runs.control_record import ControlRecord, read_controls, record_of_finding
from unmask.audits.findings import find_runs, finding_of
from unmask.audits.findings.sentences import share, summed_errors
from unmask.audits.gate.admissibility import JudgeLabels
from unmask.audits.gate.claims import Bench, Evidence, claims_of
from unmask.audits.gate.gate_policy import TEMPLATE, Policy, read_policy
from unmask.audits.gate.gate_words import gate_words
from unmask.audits.gate.ruling import EXIT, Claim, Decision, Ruling, SubjectRuling
from unmask.audits.gate.subject_file import SubjectFile, read_subject
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import sha256, shown

__all__ = ["gate"]


def gate(
    logs: Sequence[str],
    policy: Path | None = None,
    *,
    controls: Iterable[Path] = (),
    subject: Path | None = None,
    judge: Iterable[Path] = (),
) -> Ruling:
    """Judge logs by a policy.

    Logs of organisms beside logs of other models are controls; where all logs are of organisms, each organism is a
    subject, and a control of the others. A subject file with a `model` settles which model is the subject.

    Args:
        logs: Files and folders.
        policy: The policy's file; the template where left out.
        controls: Files of `unmask controls`.
        subject: The subject file.
        judge: Files of `unmask judge --out`.

    Raises:
        ConfigurationError: If a file cannot be used, a place holds no log, or no log is of a subject.
    """
    path = policy or TEMPLATE
    rules, about = read_policy(path), read_subject(subject)
    headers, faults = find_runs(logs)
    foreign = [str(fault) for fault in faults if fault.foreign or fault.superseded]
    unusable = [str(fault) for fault in faults if not (fault.foreign or fault.superseded)]
    evidence = _evidence(headers, unusable)
    subjects, others = _subjects(evidence, about)
    if not subjects:
        raise ConfigurationError("\n".join(["no log of a subject to judge", *unusable, *foreign]))
    own = [made for one in evidence if (made := record_of_finding(one.found, one.version))]
    runs: dict[str, list[str]] = defaultdict(list)
    for one in evidence:
        runs[one.run_id].append(Path(one.found.log).name)
    known = [record for file in controls for record in read_controls(file)]
    bench = Bench(rules, [*known, *_once(own)], [_labels(file) for file in judge], runs)
    ruled = [_subject(group, bench, about, unusable) for group in subjects]
    apart = gate_words().reasons["apart"]
    worst = max((one.decision for one in ruled), key=lambda decision: EXIT[decision])
    return Ruling(
        decision=worst,
        exit_code=EXIT[worst],
        policy=shown(path),
        policy_sha256=sha256(path),
        subjects=ruled,
        left_out=[
            *unusable,
            *foreign,
            *(apart.format(log=one.found.log, model=one.found.subject.model) for one in others),
        ],
    )


def _evidence(headers: Iterable[EvalLog], unusable: list[str]) -> list[Evidence]:
    """The logs with a finding; lines about the others are added."""
    made = []
    for log in headers:
        try:
            found = finding_of(log)
        except ConfigurationError as error:
            unusable.append(str(error))
            continue
        version = str((log.eval.metadata or {}).get("suite_version", ""))
        made.append(Evidence(found, version, str(log.eval.task_version), log.eval.run_id))
    return made


def _subjects(evidence: Sequence[Evidence], about: SubjectFile) -> tuple[list[list[Evidence]], list[Evidence]]:
    """Logs by subject, and those that are of none."""
    models = {one.found.subject.model for one in evidence}
    if about.model is not None and about.model not in models:
        raise ConfigurationError(f"key 'model' of the subject file: {about.model!r} is in no log ({_listed(models)})")
    real = {name for name in models if not name.startswith("organism/")}
    wanted = {about.model} if about.model else real or models
    groups: dict[str, list[Evidence]] = defaultdict(list)
    for one in evidence:
        if one.found.subject.model in wanted:
            told = one.found.subject.model_dump(include={"model", "base_url", "arguments"})
            groups[json.dumps(told, sort_keys=True, default=str)].append(one)
    return [groups[key] for key in sorted(groups)], [one for one in evidence if one.found.subject.model not in wanted]


def _subject(group: Sequence[Evidence], bench: Bench, about: SubjectFile, unusable: Sequence[str]) -> SubjectRuling:
    """Judge a subject by its claims."""
    model, words, rules = group[0].found.subject.model, gate_words(), bench.policy
    claims = claims_of(group, bench, about.name(model))
    gaps = about.gaps(rules.subject)
    review = [line for claim in claims for line in _reasons(claim, rules) if claim.status != "present"]
    if rules.run.unusable_log == "inadmissible":
        review += [words.reasons["unusable"].format(line=line) for line in unusable]
    if gaps and rules.subject.blank == "inadmissible":
        review.append(words.reasons["blank"].format(fields="; ".join(gaps)))
    held = [line for claim in claims for line in _reasons(claim, rules) if claim.status == "present"]
    present = any(claim.status == "present" for claim in claims)
    decision: Decision = "hold" if present else "deeper review" if review else "proceed"
    return SubjectRuling(
        subject=about.name(model),
        arguments=group[0].found.subject.arguments,
        decision=decision,
        reasons=[*held, *review],
        gaps=gaps,
        looks=summed_errors([one.found for one in group]),
        claims=claims,
    )


def _reasons(claim: Claim, rules: Policy) -> list[str]:
    words = gate_words().reasons
    parts = {"threat": claim.threat, "track": claim.track or "any track"}
    told = [words[claim.status].format(**parts)] if claim.status in words else []
    if claim.aware:
        rate = max(one.awareness or 0.0 for one in claim.logs)
        told.append(words["aware"].format(share=share(rate), strong=share(rules.awareness.strong_share), **parts))
    return told


def _once(records: Iterable[ControlRecord]) -> list[ControlRecord]:
    """Each log counted once, however often it was named."""
    return list({tuple(one.logs): one for one in records}.values())


def _labels(path: Path) -> JudgeLabels:
    try:
        return JudgeLabels.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise ConfigurationError(f"{path}: key {place!r}: {first['msg']}") from error


def _listed(models: set[str]) -> str:
    return ", ".join(sorted(models)) or "none could be used"
