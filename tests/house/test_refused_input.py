"""What no statistic can make sense of is refused; the last value that it can make sense of is taken."""

from collections.abc import Callable
from typing import Any

import pytest

from unmask.analysis.count_tests import binomial_excess
from unmask.analysis.drifts.monitoring import DriftMonitor, log_evidence
from unmask.analysis.effects import Observation
from unmask.analysis.factorial import FactorialObservation
from unmask.analysis.intervals import rate
from unmask.analysis.judge.agreement import agreement, auroc
from unmask.analysis.judge.corrected_rate import Measured, corrected_rate
from unmask.analysis.judge.judge_calibration import calibration
from unmask.analysis.judge.thresholds import best_threshold
from unmask.analysis.judge.two_phase import Stratum, two_phase
from unmask.analysis.power import pairs_needed
from unmask.analysis.sandbagging.answered import Answered
from unmask.analysis.sequential.betting import log_wealth, opposed_test
from unmask.analysis.sequential.expected_pairs import expected_pairs
from unmask.analysis.sequential.opposed_legs import LegValues, leg_evidence
from unmask.analysis.verdict_rule import baseline_guard


def observed(value: float) -> object:
    return Observation("i", "c", "w", "control", "target", value)


def crossed(value: float = 0.0, level: int = 1) -> object:
    return FactorialObservation("i", "c", {"f": level}, value)


def answered(correct: float = 0.0, options: int = 4, chosen: int | None = None) -> object:
    return Answered("i", "c", 0, "control", "target", "target", correct, chosen, options)


def evidence(smallest: float, alpha: float) -> object:
    import numpy as np

    return leg_evidence(LegValues(np.zeros(2)), smallest, alpha)


def planned(
    effect: float, discordance: float, placebo: float | None = None, neutral: float | None = None, cap: int = 1
) -> object:
    return expected_pairs(effect, discordance, 0.1, cap, placebo=placebo, neutral=neutral, runs=5)


def watched(*differences: float) -> object:
    import numpy as np

    return log_evidence(np.array(differences))


MEASURED = Measured(0.9, 10)


@pytest.mark.parametrize(
    ("take", "right", "wrong"),
    [
        (observed, [(0.0,), (1.0,)], [(-0.01,), (1.01,)]),
        (crossed, [(0.0,), (1.0,), (0.5, -1)], [(-0.01,), (1.01,), (0.5, 0), (0.5, 2)]),
        (
            answered,
            [(0.0,), (1.0,), (1, 0), (1, 2, 1), (1, 4, 0)],
            [(-0.01,), (1.01,), (1, 1), (1, -1), (1, 4, 4), (1, 4, -1)],
        ),
        (rate, [(0, 5), (5, 5), (0, 0)], [(-1, 5), (6, 5)]),
        (binomial_excess, [(0, 5, 0.5), (5, 5, 0.5)], [(-1, 5, 0.5), (6, 5, 0.5)]),
        (
            baseline_guard,
            [(0.0, 5, 0.0), (1.0, 5, 0.9), (2.0, 0, 0.0)],
            [(-0.1, 5, 0), (1.1, 5, 0), (0.5, 5, 1.0), (0.5, 5, -0.1)],
        ),
        (pairs_needed, [(0.2, 0.2), (-0.2, 0.2)], [(0.0, 0.2), (0.21, 0.2), (-0.21, 0.2)]),
        (
            corrected_rate,
            [(0.0, 9, MEASURED, MEASURED), (1.0, 9, MEASURED, MEASURED)],
            [(-0.1, 9, MEASURED, MEASURED), (1.1, 9, MEASURED, MEASURED)],
        ),
        (
            log_wealth,
            [([1.0, -1.0], 0.0, "above")],
            [([1.1], 0.0, "above"), ([0.0], 1.0, "above"), ([0.0], -1.0, "above")],
        ),
        (
            opposed_test,
            [([0.0], 0.1, 0.05), ([0.0], 0.9, 0.9)],
            [([0.0], 0.0, 0.05), ([0.0], 1.0, 0.05), ([0.0], 0.1, 0.0), ([0.0], 0.1, 1.0)],
        ),
        (evidence, [(0.1, 0.05)], [(0.0, 0.05), (1.0, 0.05), (0.1, 0.0), (0.1, 1.0)]),
        (
            planned,
            [(0.1, 0.1), (0.0, 1.0), (0.1, 0.1, 1.0, 1.0), (0.1, 0.1, 0.0, 0.1)],
            [(0.2, 0.1), (0.1, 1.1), (0.1, 0.1, 1.1), (0.1, 0.1, -0.1), (0.1, 0.1, 0.0, 0.05), (0.1, 0.2, 0.1, 0.1, 0)],
        ),
        (DriftMonitor, [(0.05, 1)], [(0.0, 1), (1.0, 1), (0.05, 0)]),
        (watched, [(1.0, -1.0), ()], [(1.1,), (-1.1,)]),
        (agreement, [([True], [True], [0.5])], [([True], [True, False], [0.5]), ([True], [True], [0.5, 0.1])]),
        (auroc, [([True, False], [0.5, 0.1])], [([True, False], [0.5]), ([True], [0.5, 0.2])]),
        (calibration, [([True, False], [0.5, 0.1])], [([True, False], [0.5])]),
        (best_threshold, [([True, False], [0.5, 0.1])], [([True, False], [0.5])]),
    ],
    ids=lambda one: one.__name__ if callable(one) else "",
)
def test_what_cannot_be_is_refused_and_the_last_that_can_be_is_taken(
    take: Callable[..., object], right: list[tuple[Any, ...]], wrong: list[tuple[Any, ...]]
) -> None:
    for given in right:
        take(*given)
    for given in wrong:
        with pytest.raises(ValueError, match=r"."):
            take(*given)


@pytest.mark.parametrize("stratum", [(5, 5, 5), (5, 5, 0), (5, 0, 0), (0, 0, 0)])
def test_a_stratum_has_at_most_as_many_labels_as_transcripts(stratum: tuple[int, int, int]) -> None:
    two_phase([Stratum(True, *stratum), Stratum(False, 5, 5, 2)])
    size, labelled, _ = stratum
    for wrong in ((size, size + 1, 0), (size, labelled, labelled + 1), (size, labelled, -1)):
        with pytest.raises(ValueError, match="more positive than labelled"):
            two_phase([Stratum(True, *wrong)])
