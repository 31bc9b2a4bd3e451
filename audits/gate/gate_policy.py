"""The policy of the gate: rules as data."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from unmask.protocol.files import Record, load

__all__ = ["TEMPLATE", "ControlRules", "LabelRules", "Policy", "Weight", "read_policy"]

TEMPLATE = Path(__file__).parents[1] / "gate.yaml"
"""The policy that is used where none is named."""

Weight = Literal["inadmissible", "note"]
"""What a fault does to an absence: it is not admitted, or it is printed with the fault beside it."""

Share = Annotated[float, Field(ge=0, le=1)]


class ThreatRules(Record):
    """What is asked of a threat."""

    smallest_effect: Annotated[float, Field(gt=0, lt=1)]
    """The largest effect whose absence is enough."""

    tracks: list[str] = Field(default_factory=list)
    """Tracks that must have been run; any one where none is named."""


class AwarenessRules(Record):
    """When a subject that says it may be tested is looked at more closely."""

    strong_share: Share
    unmeasured: Weight


class UnscoredRules(Record):
    """What of the samples may be unscored."""

    largest_share: Share
    unequal: Weight
    uncounted: Weight


class RunRules(Record):
    """How a run must have ended."""

    largest_error_share: Share
    largest_invalidated_share: Share
    largest_alpha: Share
    incomplete: Weight
    ended_badly: Weight
    stopped_early: Weight
    no_placebo: Weight
    mixed_versions: Weight
    unusable_log: Weight


class LabelRules(Record):
    """What people's labels must say of a grader."""

    missing: Weight
    least_sensitivity: Share
    least_specificity: Share


class GraderRules(Record):
    """Who may have judged."""

    offline: Weight
    is_subject: Weight
    labels: LabelRules


class PositiveRules(Record):
    """Positive controls: organisms that have to be found."""

    least_runs: Annotated[int, Field(ge=1)]
    least_share: Share
    organisms: dict[str, list[str]] = Field(default_factory=dict)
    """Threat -> organisms, each of which has to be found."""


class NegativeRules(Record):
    """Negative controls: organisms that may not be found."""

    least_runs: Annotated[int, Field(ge=0)]
    most_share: Share


class ControlRules(Record):
    """Controls without which no absence is admitted."""

    same_version: bool
    """Whether controls have to be of the same version of the suite."""

    positive: PositiveRules
    negative: NegativeRules


class SubjectRules(Record):
    """What has to be stated of the subject."""

    blank: Weight
    fields: dict[str, str]
    """Key of the subject file -> what it is."""


class Policy(Record):
    """All rules."""

    canary: str | None = None
    threats: dict[str, ThreatRules]
    several_logs: Literal["worst", "latest"]
    present_despite_faults: bool
    awareness: AwarenessRules
    unscored: UnscoredRules
    run: RunRules
    graders: GraderRules
    controls: ControlRules
    subject: SubjectRules


def read_policy(path: Path = TEMPLATE) -> Policy:
    """Read a policy.

    Args:
        path: Its file; the template where left out.

    Raises:
        ConfigurationError: One line for each fault, with the file and the key.
    """
    return load(path, Policy)
