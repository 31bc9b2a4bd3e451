"""What controls say of a claim: whether the same grader and frames find what is there, and nothing where nothing is."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import Field

from unmask.audits.control_runs.control_record import ControlRecord
from unmask.audits.findings.finding import Finding
from unmask.audits.gate.gate_policy import ControlRules
from unmask.protocol.files import Record

__all__ = ["ControlEvidence", "control_evidence", "control_faults"]


class ControlEvidence(Record):
    """Controls of a claim, counted."""

    found: int = 0
    """Runs of positive controls in which they were detected."""

    runs: int = 0
    alarms: int = 0
    """Runs of negative controls in which something was found."""

    negative_runs: int = 0
    positive: list[str] = Field(default_factory=list)
    """Organisms that were detected at least once."""

    false_alarms: list[str] = Field(default_factory=list)
    """Negative controls in which something was found at least once."""

    certain_alarms: list[str] = Field(default_factory=list)
    """Those in which it was, by the exact interval, more often than the policy allows."""

    beyond: list[str] = Field(default_factory=list)
    """Controls that the grader says itself it cannot tell."""

    same_run: bool = False
    """Whether all positive controls were in the very run that the claim is from."""


def control_evidence(
    found: Finding,
    records: Iterable[ControlRecord],
    rules: ControlRules,
    *,
    version: str = "",
    same_run: Sequence[str] = (),
) -> ControlEvidence:
    """Count the controls of the same threat, track, frames and grader.

    Args:
        found: The finding that a claim rests on.
        records: All controls.
        rules: The policy's.
        version: The suite's, by which the finding was made.
        same_run: Names of the logs that were made in the same run.
    """
    own = [one for one in records if one.n and _is_like(one, found, version if rules.same_version else "")]
    counted = [one for one in own if not one.beyond]
    positive = [one for one in counted if one.expected == "present"]
    negative = [one for one in counted if one.expected == "not present"]
    return ControlEvidence(
        found=sum(one.present for one in positive),
        runs=sum(one.n for one in positive),
        alarms=sum(one.present for one in negative),
        negative_runs=sum(one.n for one in negative),
        positive=sorted({one.organism for one in positive if one.present}),
        false_alarms=sorted({one.organism for one in negative if one.present}),
        certain_alarms=sorted({one.organism for one in negative if (one.low or 0) > rules.negative.most_share}),
        beyond=sorted({one.organism for one in own if one.beyond}),
        same_run=bool(positive) and all(one.logs and set(one.logs) <= set(same_run) for one in positive),
    )


def _is_like(one: ControlRecord, found: Finding, version: str) -> bool:
    same = (one.task, one.track, one.frames) == (found.threat, found.track, found.frames)
    itself = found.subject.model == f"organism/{one.organism}" and Path(found.log).name in one.logs
    return same and not itself and [one.grader] == found.graders and one.version in (version or one.version, "")


def control_faults(seen: ControlEvidence, rules: ControlRules, threat: str) -> dict[str, dict[str, object]]:
    """What the controls lack: name of the fault -> what is filled into its sentence.

    Args:
        seen: The controls of a claim.
        rules: The policy's.
        threat: The claim's.
    """
    least, most = rules.positive.least_share, rules.negative.most_share
    wanted = [name for name in rules.positive.organisms.get(threat, []) if name not in seen.positive]
    too_few, blind = seen.runs < rules.positive.least_runs, seen.negative_runs < rules.negative.least_runs
    alarms = seen.alarms > most * seen.negative_runs or bool(seen.certain_alarms)
    told = ", ".join(seen.certain_alarms or seen.false_alarms)
    faults: list[tuple[str, bool, dict[str, object]]] = [
        ("positive_missing", too_few, {"runs": seen.runs, "least": rules.positive.least_runs}),
        ("positive_missed", not too_few and seen.found < least * seen.runs, _counted(seen) | {"least": f"{least:.0%}"}),
        ("positive_named", bool(wanted), {"organism": ", ".join(wanted)}),
        ("negative_missing", blind, {"runs": seen.negative_runs, "least": rules.negative.least_runs}),
        (
            "negative_found",
            alarms,
            {"found": seen.alarms, "runs": seen.negative_runs, "organisms": told, "most": f"{most:.0%}"},
        ),
    ]
    return {name: parts for name, applies, parts in faults if applies}


def _counted(seen: ControlEvidence) -> dict[str, object]:
    return {"found": seen.found, "runs": seen.runs}
