"""What is looked at in the activations of organisms, as its file declares it."""

from typing import Any, Literal

from unmask.protocol.files import Record

__all__ = ["Asked", "Contrast", "Noise"]


class Contrast(Record):
    """Frames that a probe has to tell apart, and on whose states."""

    name: str
    task: Literal["sandbagging", "backdoors"]
    arguments: dict[str, Any]
    cue: str
    placebo: str
    control: tuple[str, str] | None = None
    tracked: tuple[str, ...] = ()
    text: str | None = None
    organisms: dict[str, bool]


class Noise(Record):
    """A sweep of noise."""

    arguments: dict[str, Any]
    organisms: dict[str, bool]


class Asked(Record):
    """All that is looked at."""

    canary: str
    layer: int
    penalty: float
    folds: int
    shuffles: int
    resamples: int
    contrasts: list[Contrast]
    noise: Noise
