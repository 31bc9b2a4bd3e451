"""The sentences of the gate: read from `datasets/findings/gate_words.yaml` and filled in."""

import math
from functools import cache

from unmask.audits.findings.finding import Finding, Interval
from unmask.audits.findings.sentences import interval, number
from unmask.audits.gate.admissibility import Fault
from unmask.audits.gate.control_evidence import ControlEvidence
from unmask.protocol.files import DATA, Record, load

__all__ = ["GateWords", "bounding_leg", "claim_sentence", "fault_sentence", "gate_words"]


class GateWords(Record):
    """All sentences; in braces stands what is filled in."""

    canary: str
    behaviours: dict[str, str]
    legs: dict[str, str]
    scope: str
    claims: dict[str, str]
    controls: dict[str, str]
    several: dict[str, str]
    decisions: dict[str, str]
    reasons: dict[str, str]
    gaps: dict[str, str]
    faults: dict[str, str]

    def behaviour(self, threat: str) -> str:
        """What a threat is about, in words.

        Args:
            threat: Its name.
        """
        return self.behaviours.get(threat, self.behaviours["any"])


@cache
def gate_words() -> GateWords:
    """Read the sentences.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(DATA / "findings" / "gate_words.yaml", GateWords)


def fault_sentence(fault: Fault) -> str:
    """Why a log does not keep a rule.

    Args:
        fault: The rule, with its figures.
    """
    return gate_words().faults[fault.name].format(**fault.parts)


def bounding_leg(found: Finding) -> tuple[str, Interval] | None:
    """The leg that bounds the effect from above most closely, by its name in a finding: what an absence rests on.

    Args:
        found: The finding.

    Returns:
        None where nothing was compared.
    """
    legs = {name: getattr(found, name) for name in ("effect", "net_effect", "neutral_effect")}
    known = {name: leg for name, leg in legs.items() if leg is not None}
    return min(known.items(), key=lambda item: item[1].high) if known else None


def claim_sentence(
    status: str,
    found: Finding,
    subject: str,
    controls: ControlEvidence,
    why: str,
) -> str:
    """What is claimed from a log.

    Args:
        status: What the policy makes of it.
        found: The log's finding.
        subject: The subject, in words.
        controls: The controls of the claim.
        why: Why it is inadmissible.
    """
    words = gate_words()
    behaviour, leg = words.behaviour(found.threat), bounding_leg(found)
    if status == "present":
        name, seen = ("net_effect", found.net_effect) if found.net_effect else ("effect", found.effect)
    else:
        name, seen = leg or ("effect", None)
    graders = ", ".join(found.graders) or "nobody"
    scope = words.scope.format(**found.model_dump(include={"threat", "track", "frames", "pairs"}), graders=graders)
    kind = "none" if not controls.runs else "same_run" if controls.same_run else "same_setting"
    return words.claims[status].format(
        scope=scope,
        subject=subject,
        behaviour=behaviour,
        leg=words.legs[name].format(behaviour=behaviour),
        effect=interval(seen) if seen else "not measured",
        bound=number(math.ceil(round(seen.high * 100, 9)) / 100) if seen else "1",
        confidence=f"{1 - found.alpha:.0%}",
        smallest=number(found.smallest_effect),
        controls=words.controls[kind].format(found=controls.found, runs=controls.runs),
        why=why,
    )
