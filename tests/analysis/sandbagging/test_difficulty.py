"""Losses along the levels of difficulty: published curves, least squares, and the hardest third."""

import pytest
from scipy.stats import linregress

from tests.analysis.sandbagging.answered_samples import ladder
from unmask.analysis.effects import paired_effect
from unmask.analysis.sandbagging.answered import observations
from unmask.analysis.sandbagging.difficulty import easy_collapse, hard_drop


def test_the_published_curve_collapses_at_its_easy_end() -> None:
    found = easy_collapse(ladder({"control": (0.81, 0.39, 0.12), "treatment": (0.49, 0.21, 0.13)}))
    assert found.collapse.effect == pytest.approx((0.81 - 0.49) - (0.12 - 0.13))
    assert found.collapse.ci_low > 0
    assert found.slope_change.ci_low > 0


def test_a_loss_that_is_even_is_no_collapse() -> None:
    found = easy_collapse(ladder({"control": (0.9, 0.7, 0.5), "treatment": (0.6, 0.4, 0.2)}))
    assert found.collapse.ci_low < 0 < found.collapse.ci_high
    assert found.slope_change.effect == pytest.approx(0)


def test_slopes_are_those_of_least_squares() -> None:
    sample = ladder({"control": (1, 0.8, 0.5, 0.1), "treatment": (0.6, 0.5, 0.3, 0.2)})
    found = easy_collapse(sample)
    for arm, slope in (("control", found.slope_control), ("treatment", found.slope_treatment)):
        points = [(a.level / 3, a.correct) for a in sample if a.arm == arm]
        assert slope == pytest.approx(linregress(*zip(*points, strict=True)).slope)
    assert found.slope_change.effect == pytest.approx(found.slope_treatment - found.slope_control)


@pytest.mark.parametrize(("levels", "third"), [(2, 1), (3, 1), (4, 1), (5, 2), (9, 3)])
def test_the_hardest_third_of_the_levels_is_a_level_at_least(levels: int, third: int) -> None:
    sample = ladder({"control": [1] * levels, "treatment": [1] * levels}, 10)
    sample += ladder({"control": [1] * levels, "treatment": [1] * levels}, 10, "placebo")
    assert hard_drop(sample).pairs == 10 * third


def test_a_drop_on_hard_items_is_seen_where_the_mean_effect_is_not() -> None:
    honest = (0.9,) * 9
    sly = {"control": honest, "treatment": (0.93,) * 6 + (0.93, 0.9, 0.6)}
    sample = ladder(sly, 30) + ladder({"control": honest, "treatment": honest}, 30, "placebo")
    assert hard_drop(sample).ci_low > 0
    assert paired_effect(observations(sample)).ci_low < 0
