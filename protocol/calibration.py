"""Calibration: find the items on which this model has room, then run the contrast on them.

A model at the ceiling, or at the floor, has little to lose, and a run that starts there has shown nothing. What is
probed, by what it is grouped, and which groups are used, differs by threat; a `Calibration` says it.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any, NamedTuple

from inspect_ai import SampleSource
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalSample

from unmask.protocol.errors import ConfigurationError

__all__ = ["BAND", "BARE", "LEVELS", "Calibrated", "Calibration", "Chosen", "Group", "chosen_levels"]

BAND = (0.7, 0.9)
"""Accuracy in the neutral frame between which a rung is used."""

BARE = "bare"
"""Frame of a probe that is put to the model as it stands: the item alone, as a plain user message."""

Group = Any
"""What probes are grouped by, such as the number of a rung or the id of an item; groups can be sorted."""


class Chosen(NamedTuple):
    """The groups that a run uses."""

    groups: list[Group]
    note: str = ""
    """What has to be said of how they were chosen; empty where they all lie in the band."""


@dataclass(frozen=True)
class Calibration:
    """How a calibration chooses."""

    unit: str
    """What is chosen; `calibrated_<unit>s` in the metadata."""

    probed: Callable[[list[Sample]], list[Sample]]
    """The samples that are run as probes, in the stratum `calibration`, which no contrast counts."""

    group: Callable[[Mapping[str, Any]], Group]
    """The group of a sample, by its metadata."""

    choose: Callable[[Mapping[Group, float]], Chosen]
    """The groups to use, by the mean score of each."""

    scorer: str
    """Name of the score that is looked at."""


def chosen_levels(accuracy: Mapping[int, float]) -> list[int]:
    """Rungs within the band; where there is none, the one whose accuracy comes nearest to its middle.

    Args:
        accuracy: Share right in the neutral frame, by rung.
    """
    within = [level for level, share in accuracy.items() if BAND[0] <= share <= BAND[1]]
    middle = sum(BAND) / 2
    return within or sorted(accuracy, key=lambda level: (abs(accuracy[level] - middle), level))[:1]


def _neutral(samples: list[Sample]) -> list[Sample]:
    """The samples of the neutral frame, marked so that no contrast counts them.

    The neutral frame is the control of the placebo where there is one, else the control.
    """
    control = [s for s in samples if (s.metadata or {})["arm"] == "control"]
    calm = [s for s in control if (s.metadata or {})["stratum"] == "placebo"] or control
    mark = {"stratum": "calibration", "compared": False}
    return [
        s.model_copy(update={"id": f"calibration-{s.id}", "metadata": {**(s.metadata or {}), **mark}}) for s in calm
    ]


LEVELS = Calibration(
    unit="level",
    probed=_neutral,
    group=lambda metadata: int(metadata["level"]),
    choose=lambda accuracy: Chosen(chosen_levels(accuracy)),
    scorer="correct",
)
"""By rungs of difficulty, `level` in the metadata: those on which the model is neither always right nor lost."""


class Calibrated(SampleSource):
    """Runs probes, chooses groups by them, and then runs the samples that are built from these.

    The groups that were chosen, and the mean scores that they were chosen by, stand in the metadata of every later
    sample, as `calibrated_<unit>s` and `calibration`; beside them the mean of the sample's own group, as
    `calibration_rate`, and `calibration_note` where there is something to say. What decides is declared before the
    run: the band, the probes a group and the seed.

    Args:
        probe: Samples to run as probes, as far as the calibration has them probed.
        build: Makes the samples of the contrast from the groups that were chosen.
        how: How they are chosen.
    """

    def __init__(
        self, probe: list[Sample], build: Callable[[list[Group]], list[Sample]], how: Calibration = LEVELS
    ) -> None:
        self._probe, self._build, self._how = how.probed(probe), build, how
        self._marks: dict[Group, list[float]] = defaultdict(list)
        self._built = False

    def initial_samples(self) -> list[Sample]:
        """The probe."""
        return self._probe

    async def sample_complete(self, sample: EvalSample) -> None:
        """Note a probe sample's mark; one that could not be scored says nothing."""
        score = (sample.scores or {}).get(self._how.scorer)
        if sample.metadata.get("stratum") == "calibration" and score is not None and not math.isnan(score.as_float()):
            self._marks[self._how.group(sample.metadata)].append(score.as_float())

    async def next_samples(self) -> list[Sample] | None:
        """The contrast on the groups that were chosen; then nothing more.

        Raises:
            ConfigurationError: If no probe could be scored. The probe stays in the log, with the reasons.
        """
        if self._built:
            return None
        self._built = True
        means = {group: fmean(marks) for group, marks in sorted(self._marks.items())}
        if not means:
            raise ConfigurationError(
                f"calibrate: none of the {len(self._probe)} probe answers could be scored, so no {self._how.unit} can "
                "be picked; their reasons are in the log"
            )
        chosen = self._how.choose(means)
        return [self._noted(sample, chosen, means) for sample in self._build(chosen.groups)]

    def _noted(self, sample: Sample, chosen: Chosen, means: Mapping[Group, float]) -> Sample:
        meta = sample.metadata or {}
        notes = {
            f"calibrated_{self._how.unit}s": " ".join(map(str, chosen.groups)),
            "calibration": " ".join(f"{group}:{mean:.2f}" for group, mean in means.items()),
            "calibration_rate": f"{means[self._how.group(meta)]:.2f}",
        }
        notes |= {"calibration_note": chosen.note} if chosen.note else {}
        return sample.model_copy(update={"metadata": {**meta, **notes}})
