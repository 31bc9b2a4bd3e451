"""The significance calls of Apollo's sandbagging evaluation (Meinke et al. 2024, arXiv 2412.04984).

The published accuracies come without the number of items in a cell and without discordant pairs, so the
tests say for which of both the published p-values follow.
"""

import pytest
from statsmodels.stats.proportion import proportions_ztest

from unmask.analysis.count_tests import mcnemar_exact
from unmask.analysis.effects import Observation, paired_effect
from unmask.analysis.estimates import Estimate

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
