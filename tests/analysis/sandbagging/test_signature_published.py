"""Verdicts, and the significance calls of Apollo's sandbagging evaluation (Meinke et al. 2024, arXiv 2412.04984).

The published accuracies come without the number of items in a cell and without discordant pairs, so the
tests say for which of both the published p-values follow.
"""

import math

import pytest
from statsmodels.stats.proportion import proportions_ztest

from unmask.analysis.count_tests import mcnemar_exact
from unmask.analysis.effects import Estimate, Observation, paired_effect
from unmask.analysis.verdict_rule import Guard, Verdict, baseline_guard, verdict

N = 100
OPUS, O1 = (35, 20, 0.004), (82, 62, 0.002)


def gains(well: int, poorly: int, n: int = N) -> range:
    """Items that may be right under the incentive alone, from the least discordance to the most."""
    return range(max(0, poorly - well), min(poorly, n - well) + 1)


def lost(well: int, poorly: int, gained: int, n: int = N) -> Estimate:
    """Accuracy lost from `well` to `poorly` items right, where `gained` turned right."""
    turned_wrong = well - poorly + gained
    pairs = [(0, 1)] * gained + [(1, 0)] * turned_wrong + [(0, 0)] * (poorly - gained)
    pairs += [(1, 1)] * (n - len(pairs))
    return paired_effect(
        Observation(f"i{i}", f"c{i}", "", arm, "target", value)  # type: ignore[arg-type]
        for i, pair in enumerate(pairs)
        for arm, value in zip(("treatment", "control"), pair, strict=True)
    )


def found_in(well: int, poorly: int) -> set[bool]:
    """Whether the lower bound exceeds 0, over every discordance."""
    return {lost(well, poorly, gained).ci_low > 0 for gained in gains(well, poorly)}


def unpaired_sizes(well: float, poorly: float, published: float) -> list[int]:
    """Sizes at which the z test of two proportions gives the published p-value, to its last digit."""
    fits = []
    for n in range(20, 400):
        counts = [[k for k in range(n + 1) if round(k / n, 2) == share] for share in (well, poorly)]
        p_values = [proportions_ztest([a, b], [n, n])[1] for a in counts[0] for b in counts[1]]
        if any(round(p, 3) == published for p in p_values):
            fits.append(n)
    return fits


@pytest.mark.parametrize(
    ("well", "poorly"), [(99, 34), (35, 20), (82, 62), (96, 61), (99, 50), (99, 49)],
    ids=["sonnet", "opus", "o1", "sonnet-without-goal", "unlearning", "deletion"],
)  # fmt: skip
def test_a_published_loss_is_found_at_100_items_whatever_the_discordance(well: int, poorly: int) -> None:
    assert found_in(well, poorly) == {True}


@pytest.mark.parametrize(
    ("well", "poorly"), [(94, 98), (99, 97), (99, 96)], ids=["o1-without-goal", "very-sad", "more-compute"]
)
def test_a_published_null_is_not_found_at_100_items_whatever_the_discordance(well: int, poorly: int) -> None:
    assert found_in(well, poorly) == {False}


def test_the_loss_of_opus_without_goal_hangs_on_the_discordance() -> None:
    assert [gained for gained in gains(46, 30) if lost(46, 30, gained).ci_low > 0] == list(range(26))


def test_no_single_number_of_items_explains_both_p_values_unpaired() -> None:
    opus, o1 = unpaired_sizes(0.35, 0.20, 0.004), unpaired_sizes(0.82, 0.62, 0.002)
    assert (min(opus), max(opus), min(o1), max(o1)) == (133, 171, 91, 109)


@pytest.mark.parametrize(("published", "fitting"), [(OPUS, [5]), (O1, [9, 10])], ids=["opus", "o1"])
def test_100_pairs_explain_both_p_values_at_some_discordance(
    published: tuple[int, int, float], fitting: list[int]
) -> None:
    well, poorly, p_value = published
    exact = {gained: mcnemar_exact(well - poorly + gained, gained) for gained in gains(well, poorly)}
    assert [gained for gained, p in exact.items() if round(p, 3) == p_value] == fitting


@pytest.mark.parametrize(("published", "bounds"), [(OPUS, (3.1e-5, 0.044)), (O1, (9.5e-7, 0.0075))], ids=["opus", "o1"])
def test_the_published_p_value_lies_between_the_best_and_the_worst_pairing(
    published: tuple[int, int, float], bounds: tuple[float, float]
) -> None:
    well, poorly, p_value = published
    ends = gains(well, poorly)
    best, worst = (lost(well, poorly, gained).p_value for gained in (ends[0], ends[-1]))
    assert (best, worst) == pytest.approx(bounds, rel=0.05)
    assert best < p_value < worst


@pytest.mark.parametrize(
    ("accuracy", "n", "chance", "expected"),
    [
        (0.8, 100, 0.25, "ok"),
        (0.7, 60, 0.25, "ok"),
        (0.5, 100, 0.25, "ok"),
        (0.3, 100, 0.25, "floor"),
        (0.05, 100, 0.0, "floor"),
        (0.6, 8, 0.25, "floor"),
        (0.0, 0, 0.25, "floor"),
        (math.nan, 0, 0.25, "floor"),
        (1.0, 100, 0.25, "ceiling"),
        (0.976, 250, 0.25, "ceiling"),
        (0.996, 250, 0.0, "ceiling"),
        (0.9, 100, 0.0, "ok"),
    ],
)
def test_the_guard_asks_for_room_below_and_above(accuracy: float, n: int, chance: float, expected: Guard) -> None:
    assert baseline_guard(accuracy, n, chance) == expected


@pytest.mark.parametrize(("accuracy", "chance"), [(1.1, 0), (math.nan, 0), (0.5, 1), (0.5, -0.1)])
def test_the_guard_refuses_impossible_shares(accuracy: float, chance: float) -> None:
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        baseline_guard(accuracy, 10, chance)


def estimate(low: float, high: float) -> Estimate:
    return Estimate((low + high) / 2, low, high, math.nan, pairs=50, clusters=50, method="", mde=math.nan)


UNKNOWN = paired_effect([])
CLEAR, WEAK, NULL = estimate(0.1, 0.3), estimate(-0.1, 0.3), estimate(-0.04, 0.04)


@pytest.mark.parametrize(
    ("effect", "net", "guard", "expected"),
    [
        (CLEAR, CLEAR, "ok", "present"),
        (CLEAR, CLEAR, "ceiling", "present"),
        (CLEAR, UNKNOWN, "ok", "present"),
        (CLEAR, WEAK, "ok", "inconclusive"),
        (WEAK, CLEAR, "ok", "inconclusive"),
        (NULL, NULL, "ok", "absent"),
        (NULL, UNKNOWN, "ok", "absent"),
        (NULL, NULL, "floor", "inconclusive"),
        (NULL, NULL, "ceiling", "inconclusive"),
        (estimate(0.01, 0.05), estimate(0.01, 0.05), "ok", "present"),
        (UNKNOWN, UNKNOWN, "ok", "inconclusive"),
    ],
)
def test_the_verdict(effect: Estimate, net: Estimate, guard: Guard, expected: Verdict) -> None:
    assert verdict(effect, net, effect, guard, 0.1) == expected


def test_what_was_set_aside_can_keep_a_run_from_absence() -> None:
    assert verdict(NULL, NULL, CLEAR, "ok", 0.1) == "inconclusive"


@pytest.mark.parametrize("smallest", [0, -0.1, math.nan])
def test_a_smallest_effect_that_is_not_positive_is_refused(smallest: float) -> None:
    with pytest.raises(ValueError, match="smallest effect must be above 0"):
        verdict(NULL, NULL, NULL, "ok", smallest)
