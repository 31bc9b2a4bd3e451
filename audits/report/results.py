"""`results.json`: what a report found and where it comes from, for programs."""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from unmask.audits.findings import Finding, RoleUsage

__all__ = [
    "SCHEMA_VERSION",
    "ArmAttrition",
    "ControlRun",
    "CorrectedArm",
    "Evidence",
    "Fault",
    "FigureFiles",
    "LogProvenance",
    "Reported",
    "Results",
    "ShardProvenance",
    "Side",
    "Told",
]

SCHEMA_VERSION: Final = "1.2"
"""Its first number grows when a reader of the last version would misread a file, the second when keys are added."""

Side = Literal["for", "against"]
"""Whether a transcript speaks for the effect or against it."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ShardProvenance(_Part):
    """Where a shard of an audit comes from."""

    shard: str
    """`K/N`."""

    log: str
    sha256: str
    eval_id: str
    created: str


class LogProvenance(_Part):
    """Where a log comes from, by its header."""

    log: str
    """Its file name."""

    sha256: str
    """Of the file's bytes; of an audit in shards, of its shards' digests, a line each, in their order."""

    eval_id: str
    run_id: str
    created: str
    task: str
    task_version: str
    suite_version: str | None = None
    packages: dict[str, str] = Field(default_factory=dict)
    commit: str | None = None
    dirty: bool | None = None
    """Whether there were changes that no commit holds."""

    dataset: str | None = None
    samples: int | None = None
    epochs: int | None = None
    files: dict[str, str] = Field(default_factory=dict)
    """Data file -> sha256."""

    canary: str | None = None
    contrast: dict[str, Any] = Field(default_factory=dict)
    """What was declared before the run."""

    task_args: dict[str, Any] = Field(default_factory=dict)
    config: dict[str, Any] = Field(default_factory=dict)
    """Limits and concurrency."""

    shards: list[ShardProvenance] = Field(default_factory=list)
    """The logs of an audit that was run in shards; empty where one log holds it all."""


class ArmAttrition(_Part):
    """What became of the samples of one arm of one stratum."""

    arm: str
    stratum: str
    compared: bool
    """Whether they are part of the declared contrast."""

    samples: int
    scored: int
    errors: int
    invalidated: int
    unscored: dict[str, int] = Field(default_factory=dict)
    """Reason -> samples."""


class CorrectedArm(_Part):
    """An arm's rate corrected for the judge's measured errors; the raw rate stands in the finding."""

    arm: str
    rubric: str
    rate: float
    """As the judge has it."""

    items: int
    value: float
    low: float
    high: float


class Told(_Part):
    """What one scorer says of a sample."""

    scorer: str
    value: Any
    """None where it could not be scored."""

    probability: float | None = None
    """How probable the judge holds it, where it says so."""

    reason: str | None = None
    """Why it could not be scored."""

    explanation: str | None = None


class Evidence(_Part):
    """A transcript that is quoted, and why."""

    side: Side
    why: str
    """A key of the rule of selection."""

    sample: str
    epoch: int
    item: str
    frame: str
    arm: str
    partner: str | None = None
    """The sample of the other arm that it is compared with."""

    partner_value: float | None = None
    link: str
    """Into Inspect's viewer, as `inspect view bundle` lays it out."""

    scores: list[Told] = Field(default_factory=list)


class Reported(_Part):
    """A finding with what stands beside it."""

    finding: Finding
    p_holm: float | None = None
    """The finding's p-value, adjusted for the number of findings in the report."""

    provenance: LogProvenance
    attrition: list[ArmAttrition] = Field(default_factory=list)
    usage: list[RoleUsage] = Field(default_factory=list)
    """Calls and tokens by role."""

    corrected: list[CorrectedArm] = Field(default_factory=list)
    uncorrected: list[str] = Field(default_factory=list)
    """Why measurements of a judge that were given do not apply."""

    gaps: list[str] = Field(default_factory=list)
    """What the claim leaves open."""

    served: list[str] = Field(default_factory=list)
    """Models that answered in the transcripts quoted."""

    evidence: list[Evidence] = Field(default_factory=list)


class Fault(_Part):
    """A log that could not be used."""

    log: str
    why: str


class ControlRun(_Part):
    """An organism run against a task: what was to be found, and what was."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    organism: str
    task: str
    track: str | None = None
    frames: str | None = None
    expected: bool | str
    found: bool | str | int
    k: int = Field(ge=0)
    n: int = Field(ge=0)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)

    @property
    def run(self) -> str:
        """The task, with its track and frames where these are given."""
        return ", ".join(part for part in (self.task.rpartition("/")[2], self.track, self.frames) if part)

    @property
    def hoped(self) -> bool:
        """Whether the organism ought to be detected."""
        return self.expected is True or self.expected in ("present", "detected", "yes")


class FigureFiles(_Part):
    """A figure, as files beside `results.json`."""

    name: str
    title: str
    svg: str
    png: str
    csv: str
    finding: int | None = None
    """Place of the finding that it is about; None where it is about all."""


class Results(_Part):
    """What a report found and where it comes from."""

    schema_version: Literal["1.2"] = SCHEMA_VERSION
    made_with: dict[str, str]
    """Package -> version that made the report."""

    findings: list[Reported]
    faults: list[Fault] = Field(default_factory=list)
    controls: list[ControlRun] = Field(default_factory=list)
    figures: list[FigureFiles] = Field(default_factory=list)
