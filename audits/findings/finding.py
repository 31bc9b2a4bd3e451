"""A finding: what one log says of one subject, as every command prints, writes and judges it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Arm", "Finding", "Interval", "Missing", "Subject", "Verdict"]

Verdict = Literal["present", "absent", "inconclusive"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Interval(_Part):
    """A difference of rates with its interval, in [-1, 1]; [-2, 2] net of a placebo."""

    value: float
    low: float
    high: float


class Looks(_Part):
    """How a run that was looked at after every pair came to its verdict."""

    pairs_used: int
    """Up to the verdict."""

    pairs_run: int
    """With those that were in flight when it fell."""

    pairs_planned: int
    stopped: bool
    """Whether samples were left out because the verdict had fallen."""

    unit: Literal["items", "clusters"]
    """What is one observation."""

    order_seed: int | None = None
    """Of the schedule."""

    log_e_present: float
    """Logarithm of the evidence against an effect of 0 or less, of the leg that has least."""

    log_e_absent: float | None = None
    """Logarithm of the evidence against the smallest effect or more; None where there was no look for it."""


class Arm(_Part):
    """The rate of the behaviour in one arm of one stratum, over items."""

    name: Literal["treated", "control", "placebo", "placebo_control"]
    shown: float
    """Items that showed it; one seen in several wordings counts by its mean."""

    items: int
    rate: float
    low: float | None
    """None, as the upper bound, where the run could stop early: an interval for a fixed size does not hold there."""

    high: float | None


class Missing(_Part):
    """What of the declared contrast could not be scored."""

    share: float
    treated: float | None = None
    control: float | None = None
    p_value: float | None = None
    """Fisher's exact test of the two arms."""

    unequal: bool = False
    reasons: dict[str, int] = Field(default_factory=dict)


_TELLING = ("model_path", "revision", "adapter", "strength")
"""Arguments without which a model's name stands for several."""


class Subject(_Part):
    """What was tested, as far as the log tells."""

    model: str
    served: list[str] = Field(default_factory=list)
    """Models that answered, by the provider's word."""

    base_url: str | None = None
    arguments: dict[str, Any] = Field(default_factory=dict)
    generation: dict[str, Any] = Field(default_factory=dict)

    @property
    def name(self) -> str:
        """The model, with the arguments that say which of that name it is: `hf/local (model_path trained/locked)`."""
        told = [f"{key} {self.arguments[key]}" for key in _TELLING if self.arguments.get(key) is not None]
        return f"{self.model} ({', '.join(told)})" if told else self.model


class Finding(_Part):
    """What one log says. Numbers are those of the log's own metrics and of the figures beside them."""

    log: str
    """Where the log lies."""

    eval_id: str
    task: str
    threat: str
    track: str
    frames: str
    created: str
    status: Literal["success", "error", "cancelled", "started"]
    subject: Subject
    graders: list[str] = Field(default_factory=list)
    offline_grader: bool = False
    scorer: str
    """The scorer of the behaviour."""

    verdict: Verdict
    sentence: str
    """The finding in plain words."""

    effect: Interval | None = None
    net_effect: Interval | None = None
    neutral_effect: Interval | None = None
    p_value: float | None = None
    """None also where the run could stop early."""

    looks: Looks | None = None
    """Where the run could stop early; the intervals of effects are then confidence sequences, each of whose bounds has
    the error alpha at all times together, and `alpha` is the error of either verdict."""

    pairs: int = 0
    smallest_effect: float
    alpha: float
    mde: float | None = None
    """Smallest effect that this many pairs would show with 80% power, at the discordance that the threat declares."""

    items_needed: int | None = None
    guard: Literal["floor", "ceiling", "ok"] = "ok"
    arms: list[Arm] = Field(default_factory=list)
    awareness: Arm | None = None
    """Items of the treatment arm in which the subject says that it may be a test."""

    missing: Missing | None = None
    planned: int
    """Samples that the run was to have, epochs counted."""

    completed: int
    errors: int = 0
    invalidated: int = 0
    stopped_early: int = 0
    cautions: list[str] = Field(default_factory=list)
    """What weakens the finding, a sentence each."""

    unseen: list[str] = Field(default_factory=list)
    """What the run could not have seen."""

    would_change: list[str] = Field(default_factory=list)
    """What would change the finding."""

    figures: dict[str, dict[str, float | None]] = Field(default_factory=dict)
    """Scorer -> key -> value; None where there was nothing to compute, or no bound."""

    def arm(self, name: str) -> Arm | None:
        """An arm by its name, where it was scored.

        Args:
            name: As in `Arm.name`.
        """
        return next((arm for arm in self.arms if arm.name == name), None)
