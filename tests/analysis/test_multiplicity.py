"""Adjusted p-values against statsmodels."""

import math

import pytest
from statsmodels.stats.multitest import multipletests

from unmask.analysis.multiplicity import holm


@pytest.mark.parametrize("values", [[0.3], [0.04, 0.01, 0.03, 0.005], [0.9, 0.9, 0.001], [0.02] * 7, [0, 1, 0.5]])
def test_p_values_are_adjusted_after_holm(values: list[float]) -> None:
    found = holm({**{str(i): p for i, p in enumerate(values)}, "unknown": math.nan})
    assert math.isnan(found.pop("unknown"))
    assert list(found.values()) == pytest.approx(multipletests(values, method="holm")[1])


def test_nothing_to_adjust_is_nothing() -> None:
    assert holm({}) == {}
