"""The gate: logs judged by a policy, to proceed, to deeper review, or to hold."""

from unmask.audits.gate.control_evidence import ControlEvidence, control_evidence
from unmask.audits.gate.gate_policy import Policy, read_policy
from unmask.audits.gate.gate_run import gate
from unmask.audits.gate.ruling import Claim, LogRuling, Ruling, SubjectRuling

__all__ = [
    "Claim",
    "ControlEvidence",
    "LogRuling",
    "Policy",
    "Ruling",
    "SubjectRuling",
    "control_evidence",
    "gate",
    "read_policy",
]
