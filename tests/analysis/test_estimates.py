"""Estimates from one value an item."""

import math

import numpy as np
import pytest

from unmask.analysis.clustered_intervals import clustering, moderated_mean
from unmask.analysis.estimates import mean_estimate, unknown
from unmask.analysis.power import mde

VALUES = np.array([1.0, 0.0, -0.5, 0.5, 1.0, 0.0, 0.0, 1.0])
CLUSTERS = list("aabbccdd")


def test_an_estimate_is_the_mean_with_its_moderated_interval_and_detectable_effect() -> None:
    found, interval = mean_estimate(VALUES, CLUSTERS, 0.1, bound=1.0, unpaired=3), moderated_mean(VALUES, CLUSTERS, 0.1)
    assert found.effect == pytest.approx(VALUES.mean())
    assert (found.ci_low, found.ci_high, found.p_value) == (interval.low, interval.high, interval.p_value)
    assert (found.pairs, found.clusters, found.method, found.unpaired) == (8, 4, "moderated-t", 3)
    effective = 8 / clustering(VALUES, CLUSTERS).design_effect
    assert found.mde == pytest.approx(mde(effective, float((VALUES**2).mean()), 0.1), nan_ok=True)
    assert (found.effective_pairs, found.discordance) == (pytest.approx(effective), pytest.approx(3.5 / 8))


def test_the_interval_stays_within_the_bound() -> None:
    assert mean_estimate(np.ones(4), list("abcd"), bound=1.0).ci_high == 1
    assert mean_estimate(np.full(4, 3.0), list("abcd"), bound=math.inf).ci_high > 3


def test_what_is_unknown_counts_what_had_no_partner() -> None:
    found = unknown(7)
    assert (found.pairs, found.method, found.unpaired, found.effective_pairs) == (0, "none", 7, 0)
    assert all(map(math.isnan, (found.effect, found.ci_low, found.ci_high, found.p_value, found.mde)))
