"""Which rungs a calibrated run used, and how the model did on each before it."""

from collections import defaultdict
from statistics import fmean

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from unmask.protocol.calibration import BAND
from unmask.scorers.scored import scored

__all__ = ["calibration"]


@metric(scores="unreduced")
def calibration() -> Metric:
    """The probe's accuracy by rung, and the rungs that the contrast ran on; nothing where none were calibrated.

    Keys: `probe_level_<n>`, the share right on a rung; `used_level_<n>`, 1 where the contrast used it, else 0;
    `in_band`, 1 where each rung used lay in the band, 0 where none did and the nearest was taken.
    """

    def compute(scores: list[SampleScore]) -> Value:
        probed: dict[int, list[float]] = defaultdict(list)
        used: set[int] = set()
        for one in scored(scores):
            if one.design.stratum == "calibration":
                probed[int(one.design.details["level"])].append(one.value)
            used.update(map(int, one.design.details.get("calibrated_levels", "").split()))
        right = {level: fmean(marks) for level, marks in sorted(probed.items())}
        if not used:
            return {f"probe_level_{level}": share for level, share in right.items()}
        within = all(BAND[0] <= right.get(level, 0.0) <= BAND[1] for level in used)
        return {
            **{f"probe_level_{level}": share for level, share in right.items()},
            **{f"used_level_{level}": float(level in used) for level in right},
            "in_band": float(within),
        }

    return compute
