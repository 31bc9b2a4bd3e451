"""The signature of sandbagging: selectivity, and what holds for every test of the panel."""

import dataclasses
import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analysis.sandbagging.answered_samples import BLANK, arms, cell, experiments
from unmask.analysis.sandbagging.answered import Answered
from unmask.analysis.sandbagging.below_chance import below_chance
from unmask.analysis.sandbagging.difficulty import easy_collapse, hard_drop
from unmask.analysis.sandbagging.flips import excess_flips
from unmask.analysis.sandbagging.positions import position_shift
from unmask.analysis.sandbagging.signature import panel, selectivity
from unmask.analysis.sandbagging.threshold import threshold_clustering


@pytest.mark.parametrize("trait", [{"cluster": "x"}, {"level": 3}, {"domain": "off_target"}, {"options": 4}])
def test_an_item_with_two_traits_is_refused(trait: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=f"'i' has more than one {next(iter(trait))}"):
        panel([BLANK, dataclasses.replace(BLANK, **trait)])  # type: ignore[arg-type]


def test_selectivity_is_the_difference_of_the_losses() -> None:
    sample = [
        dataclasses.replace(a, domain="target" if int(a.item[1:]) < 20 else "off_target")
        for a in arms([1] * 50, [0] * 10 + [1] * 10 + [0] * 3 + [1] * 27)
    ]
    found = selectivity(sample)
    assert found.effect == pytest.approx(0.5 - 0.1)
    assert found.ci_low > 0


TESTS: list[Callable[[list[Answered]], object]] = [
    excess_flips,
    easy_collapse,
    hard_drop,
    below_chance,
    lambda sample: position_shift(sample, resamples=99),
    selectivity,
]


@pytest.mark.parametrize("test", [*TESTS, threshold_clustering])
def test_nothing_to_compare_is_unknown(test: Callable[[list[Answered]], object]) -> None:
    assert "nan" in repr(test([]))
    assert "nan" in repr(test(cell([1] * 5, "control")))


@pytest.mark.parametrize("test", TESTS)
@settings(max_examples=25)
@given(sample=experiments(), rng=st.randoms())
def test_order_does_not_matter(
    test: Callable[[list[Answered]], object], sample: list[Answered], rng: random.Random
) -> None:
    assert repr(test(rng.sample(sample, len(sample)))) == repr(test(sample))


@given(experiments())
@settings(max_examples=25)
def test_every_interval_of_the_panel_holds_its_estimate(sample: list[Answered]) -> None:
    for row in (found := panel(sample)).values():
        assert set(row) == {"estimate", "ci_low", "ci_high", "p_value", "p_holm"}
        assert math.isnan(row["ci_low"]) or row["ci_low"] <= row["estimate"] + 1e-9 <= row["ci_high"] + 2e-9
        assert math.isnan(row["p_value"]) or 0 <= row["p_value"] <= row["p_holm"] <= 1
    assert list(found) == [
        "excess_flips", "easy_collapse", "hard_drop", "below_chance", "position_shift", "threshold_clustering",
        "selectivity",
    ]  # fmt: skip


def test_a_p_value_is_that_of_the_side_of_sandbagging_alone() -> None:
    def lost(first: int, second: int) -> list[Answered]:
        """Losses on twenty items of the target domain and on twenty others."""
        treated = [0.0] * first + [1.0] * (20 - first) + [0.0] * second + [1.0] * (20 - second)
        return [
            dataclasses.replace(a, domain="target" if int(a.item[1:]) < 20 else "off_target")
            for a in arms([1] * 40, treated)
        ]

    for first, second in ((8, 2), (2, 8)):
        sample = lost(first, second)
        both, one = selectivity(sample), panel(sample)["selectivity"]
        assert 0 < both.p_value < 0.5
        assert one["estimate"] == both.effect
        assert one["p_value"] == pytest.approx(both.p_value / 2 if first > second else 1 - both.p_value / 2)
