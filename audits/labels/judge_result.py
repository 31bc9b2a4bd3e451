"""What the measurement of a judge says, as `unmask judge` and `unmask label` write it and the report reads it."""

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "BestThreshold",
    "CalibrationBin",
    "CalibrationResult",
    "Discordant",
    "JudgeResult",
    "LabelledRow",
    "Sampling",
    "SamplingStratum",
    "Share",
    "Side",
    "known",
]

FORMAT: Literal["unmask.judge/1"] = "unmask.judge/1"


def known(value: float) -> float | None:
    """A number for JSON, which has no NaN: None where there was nothing to compute."""
    return None if math.isnan(value) else value


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Share(_Part):
    """A share with its interval, 95% unless `alpha` says otherwise; None where there was nothing to compute."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    """Transcripts that it is a share of: positives for a sensitivity, negatives for a specificity."""


class Side(_Part):
    """Verdicts against labels in one arm."""

    n: int
    """Transcripts with a verdict."""

    unscored: int
    sensitivity: Share
    specificity: Share


class BestThreshold(_Part):
    """The graded score from which sensitivity and specificity add up to most, and what thresholds like it reach."""

    threshold: float
    chosen_by: str
    """On which transcripts it was chosen; never on those that its shares are measured on."""

    sensitivity: Share
    specificity: Share


class CalibrationBin(_Part):
    """Transcripts whose stated probabilities lie in one tenth."""

    low: float
    high: float
    n: int
    stated: float
    found: float


class CalibrationResult(_Part):
    """Whether stated probabilities mean what they say."""

    brier: float
    brier_base: float
    """Of always stating the share of positives."""

    ece: float
    bins: list[CalibrationBin]


class Discordant(_Part):
    """A transcript on which verdict and label differ."""

    id: str
    arm: str = ""
    label: bool
    verdict: bool
    probability: float | None
    explanation: str


class SamplingStratum(_Part):
    """Transcripts of one arm and one verdict, some of them labelled."""

    arm: str
    verdict: bool
    size: int
    labelled: int
    """Those that a person could tell a label of."""

    positive: int


class Sampling(_Part):
    """How the transcripts that a person labelled were drawn, and the rate that follows for the run."""

    design: Literal["stratified", "random"]
    seed: int
    strata: list[SamplingStratum]
    judged_rate: float | None
    """Share of the run's judged transcripts that the judge calls a yes."""

    rate: Share
    """Share that a person would call a yes: [TP + N_neg FN / r] / N where all positives were labelled."""


class LabelledRow(_Part):
    """A transcript with its label, complete, so that another judge can be put to it."""

    id: str
    label: bool | None
    """None where the person could not tell."""

    verdict: bool
    probability: float | None
    answer: str
    """The label's name in the rubric."""

    arm: str = ""
    frame: str = ""
    log: str = ""
    sample: str = ""
    epoch: int = 1
    parts: dict[str, str]


class JudgeResult(_Part):
    """A judge held against labels."""

    format: Literal["unmask.judge/1"] = FORMAT
    rubric: str
    grader: str
    """Several that vote together are parted by commas."""

    offline_grader: bool
    labels: str
    """The set or file of labels."""

    half: str = "all"
    votes: int = 1
    alpha: float = 0.05
    created: str
    suite_version: str
    n: int
    """Transcripts with a verdict."""

    positives: int
    negatives: int
    unscored: dict[str, int]
    """Transcripts without a verdict, by reason; no share counts them."""

    left_out: dict[str, int] = Field(default_factory=dict)
    """Rows whose label is neither a yes nor a no, by label."""

    threshold: float
    """Share of votes from which the rubric's verdict is a yes."""

    sensitivity: Share
    specificity: Share
    best: BestThreshold | None = None
    auroc: float | None
    """Of the graded probability."""

    kappa: float | None
    pabak: float | None
    krippendorff_alpha: float | None
    calibration: CalibrationResult | None = None
    baselines: dict[str, float | None] = Field(default_factory=dict)
    """What trivial rules reach: AUROC of the verdict alone, of the number of words, of a keyword's count."""

    arms: dict[str, Side] = Field(default_factory=dict)
    discordant: list[Discordant] = Field(default_factory=list)
    cautions: list[str] = Field(default_factory=list)
    sampling: Sampling | None = None
    """How labelled transcripts were drawn from a run; then all shares are weighted by it."""

    transcripts: list[LabelledRow] = Field(default_factory=list)
    """The labels, where `unmask label` wrote them; `unmask judge --labels` reads them here."""
