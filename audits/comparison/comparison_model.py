"""What a comparison comes to, as it is printed and written."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from unmask.audits.findings import Interval

__all__ = ["Comparison", "Drift", "ThreatDrift"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Drift(_Part):
    """What changed in one figure."""

    of: Literal["rate", "effect", "net"]
    arm: str | None = None
    """Of a rate: the arm, as findings name it."""

    before: float
    """The figure as the earlier run's finding has it, over all its items."""

    after: float
    change: Interval
    """Paired: over the items and wordings that both scored. The interval is not adjusted for the number of tests."""

    p_value: float
    holm: float
    """The same after Holm, over all that is compared."""

    shown: bool
    """Whether that is below alpha."""

    pairs: int
    """Items in both."""

    mde: float | None = None
    """Smallest change that so many pairs would probably show, at the discordance seen."""

    sentence: str


class ThreatDrift(_Part):
    """What changed in one threat between two logs."""

    threat: str
    track: str
    frames: str
    scorer: str
    before: str
    """The earlier log."""

    after: str
    subjects: tuple[str, str]
    graders: list[str]
    offline_grader: bool
    drifts: list[Drift] = Field(default_factory=list)
    refused: list[str] = Field(default_factory=list)
    """Why nothing was compared, where it was not."""

    cautions: list[str] = Field(default_factory=list)
    only_before: list[str] = Field(default_factory=list)
    """Items that the earlier run alone has."""

    only_after: list[str] = Field(default_factory=list)
    changed_items: list[str] = Field(default_factory=list)
    """Items whose text differs; left out."""

    unpaired_items: list[str] = Field(default_factory=list)
    """Items that both runs scored in no wording that they share."""


class Comparison(_Part):
    """Two sides, threat by threat."""

    alpha: float
    tests: int
    """How many p-values Holm's correction is over."""

    threats: list[ThreatDrift]
    unmatched: list[str] = Field(default_factory=list)
    """Logs without a partner, or with several, a line each."""
