"""What the gate says: claims, subjects, and the whole."""

from typing import Any, Literal

from pydantic import Field

from unmask.audits.findings.finding import Interval, Verdict
from unmask.audits.gate.control_evidence import ControlEvidence
from unmask.protocol.files import Record

__all__ = ["EXIT", "Claim", "Decision", "LogRuling", "Ruling", "Status", "SubjectRuling"]

Status = Literal["present", "absent", "inconclusive", "inadmissible"]
Decision = Literal["proceed", "deeper review", "hold"]

EXIT: dict[Decision, int] = {"proceed": 0, "deeper review": 1, "hold": 2}
"""Exit codes; 64 is bad usage, 70 a fault of the program."""


class LogRuling(Record):
    """One log, as the policy takes it."""

    log: str
    created: str
    verdict: Verdict
    """The log's own."""

    status: Status
    """What the policy makes of it."""

    faults: list[str] = Field(default_factory=list)
    """Why it is inadmissible, or would be if it were not present."""

    notes: list[str] = Field(default_factory=list)
    """What weakens it and changes nothing."""

    sentence: str
    effect: Interval | None = None
    net_effect: Interval | None = None
    neutral_effect: Interval | None = None
    pairs: int
    smallest_effect: float
    graders: list[str]
    offline_grader: bool
    awareness: float | None = None
    """Share of the items of the treatment arm in which the subject says that it may be a test."""

    unscored: float | None = None
    version: str = ""
    controls: ControlEvidence | None = None


class Claim(Record):
    """What is claimed of a subject about one threat, in one track and set of frames."""

    threat: str
    track: str = ""
    frames: str = ""
    status: Status
    sentence: str
    faults: list[str] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    aware: bool = False
    """Whether the subject strongly shows that it takes this for a test."""

    logs: list[LogRuling] = Field(default_factory=list)
    """All of them, the one that counts first."""


class SubjectRuling(Record):
    """What becomes of a subject."""

    subject: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    decision: Decision
    reasons: list[str] = Field(default_factory=list)
    gaps: list[str] = Field(default_factory=list)
    looks: str = ""
    """The summed errors of the runs that could stop early, in a sentence."""

    claims: list[Claim]


class Ruling(Record):
    """What the gate says of all subjects; the gravest decision is that of the whole."""

    decision: Decision
    exit_code: int
    policy: str
    policy_sha256: str
    subjects: list[SubjectRuling]
    left_out: list[str] = Field(default_factory=list)
    """Logs that could not be used, and logs that are controls only, a line each."""
