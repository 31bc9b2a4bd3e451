"""Calibration: find the rungs on which this model is neither always right nor lost, then run the contrast on them.

A model at the ceiling, or at the floor, has little to lose, and a run that starts there has shown nothing.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from statistics import fmean

from inspect_ai import SampleSource
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalSample

from unmask.protocol.errors import ConfigurationError

__all__ = ["BAND", "Calibrated", "chosen_levels"]

BAND = (0.7, 0.9)
"""Accuracy in the neutral frame between which a rung is used."""


class Calibrated(SampleSource):
    """Runs probe samples, picks the rungs, and then runs the samples that are built from these.

    The rungs that were picked, and the accuracies that they were picked by, stand in the metadata of every later
    sample, as `calibrated_levels` and `calibration`; a metric repeats them. What decides is declared before the run:
    the band, the probes a rung and the seed.

    Args:
        probe: Samples of all frames; only those of the neutral frame are run, the control of the placebo where there is
            one, else the control.
        build: Makes the samples of the contrast from the rungs that were picked, given by `level` in the metadata.
        scorer: Name of the score that says whether an answer is right.
    """

    def __init__(
        self, probe: list[Sample], build: Callable[[list[int]], list[Sample]], scorer: str = "correct"
    ) -> None:
        self._probe, self._build, self._scorer = _neutral(probe), build, scorer
        self._marks: dict[int, list[float]] = defaultdict(list)
        self._built = False

    def initial_samples(self) -> list[Sample]:
        """The probe."""
        return self._probe

    async def sample_complete(self, sample: EvalSample) -> None:
        """Note a probe sample's mark; one that could not be scored says nothing."""
        score = (sample.scores or {}).get(self._scorer)
        if sample.metadata.get("stratum") == "calibration" and score is not None and not math.isnan(score.as_float()):
            self._marks[int(sample.metadata["level"])].append(score.as_float())

    async def next_samples(self) -> list[Sample] | None:
        """The contrast on the rungs that were picked; then nothing more.

        Raises:
            ConfigurationError: If no probe could be scored. The probe stays in the log, with the reasons.
        """
        if self._built:
            return None
        self._built = True
        accuracy = {level: fmean(marks) for level, marks in sorted(self._marks.items())}
        if not accuracy:
            raise ConfigurationError(
                f"calibrate: none of the {len(self._probe)} probe answers could be scored, so no rung can be picked; "
                "their reasons are in the log"
            )
        levels = chosen_levels(accuracy)
        note = {
            "calibrated_levels": " ".join(map(str, levels)),
            "calibration": " ".join(f"{level}:{share:.2f}" for level, share in accuracy.items()),
        }
        return [s.model_copy(update={"metadata": {**(s.metadata or {}), **note}}) for s in self._build(levels)]


def chosen_levels(accuracy: Mapping[int, float]) -> list[int]:
    """Rungs within the band; where there is none, the one whose accuracy comes nearest to its middle.

    Args:
        accuracy: Share right in the neutral frame, by rung.
    """
    within = [level for level, share in accuracy.items() if BAND[0] <= share <= BAND[1]]
    middle = sum(BAND) / 2
    return within or sorted(accuracy, key=lambda level: (abs(accuracy[level] - middle), level))[:1]


def _neutral(samples: list[Sample]) -> list[Sample]:
    """The samples of the neutral frame, marked so that no contrast counts them."""
    control = [s for s in samples if (s.metadata or {})["arm"] == "control"]
    calm = [s for s in control if (s.metadata or {})["stratum"] == "placebo"] or control
    mark = {"stratum": "calibration", "compared": False}
    return [
        s.model_copy(update={"id": f"calibration-{s.id}", "metadata": {**(s.metadata or {}), **mark}}) for s in calm
    ]
