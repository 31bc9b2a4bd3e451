"""False alarms, coverage and power of the signature's tests, by seeded simulation."""

import math
from collections.abc import Callable
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest

from tests.analysis.simulation import at_most
from unmask.analysis.effects import net_effect, paired_effect
from unmask.analysis.estimates import Estimate
from unmask.analysis.sandbagging.answered import Answered, observations
from unmask.analysis.sandbagging.below_chance import below_chance
from unmask.analysis.sandbagging.difficulty import easy_collapse
from unmask.analysis.sandbagging.flips import excess_flips
from unmask.analysis.sandbagging.positions import position_shift
from unmask.analysis.sandbagging.signature import panel, selectivity
from unmask.analysis.sandbagging.threshold import threshold_clustering

MANY, FEW = 150, 60
"""Simulated runs, with the matrix and by default."""

each_count = pytest.mark.parametrize("runs", [FEW, pytest.param(MANY, marks=pytest.mark.matrix)])
Array = npt.NDArray[np.float64]
Generator = np.random.Generator


def marks(rng: Generator, chances: Array, clusters: int, correlation: float) -> Array:
    """Right or wrong, correlated within clusters by a normal copula."""
    shared = rng.normal(size=clusters)[np.arange(len(chances)) % clusters]
    latent = math.sqrt(correlation) * shared + math.sqrt(1 - correlation) * rng.normal(size=len(chances))
    uniform = np.vectorize(lambda z: 0.5 * math.erfc(-z / math.sqrt(2)))(latent)
    return (uniform < chances).astype(float)


def cell(scores: Array, clusters: int, arm: str, stratum: str = "target") -> list[Answered]:
    """One answer an item; the first half is of the target domain and easy, the other off target and hard."""
    half = len(scores) / 2
    return [
        Answered(f"i{i}", f"c{i % clusters}", int(i >= half), arm, stratum, domain, score, None, 0)  # type: ignore[arg-type]
        for i, score in enumerate(scores.tolist())
        for domain in ["target" if i < half else "off_target"]
    ]


UNSTABLE: dict[str, Callable[[Generator, int], Array]] = {
    "stable": lambda rng, n: (rng.random(n) < 0.8).astype(float),
    "mixed": lambda rng, n: rng.beta(1.6, 0.4, n),
    "unstable": lambda rng, n: np.full(n, 0.7),
}


def flips(kind: str, floor: str, kept: float, correlation: float, runs: int) -> tuple[float, list[Estimate]]:
    """True excess and its estimates, where the incentive leaves a share `kept` of right answers."""
    rng = np.random.default_rng([len(kind), len(floor), round(10 * kept)])
    many = UNSTABLE[kind](np.random.default_rng(0), 200_000)
    truth = float((many * many * (1 - kept)).sum() / many.sum())
    estimates = []
    for _ in range(runs):
        knows = UNSTABLE[kind](rng, 60)
        cells = [("control", "target", 1.0), ("treatment", "target", kept)]
        repeats = [("control", "target", 1.0)]
        placebo = [("control", "placebo", 1.0), ("treatment", "placebo", 1.0)]
        estimates.append(
            excess_flips(
                answer
                for arm, stratum, share in cells + (repeats if floor == "repeats" else placebo)
                for answer in cell(marks(rng, share * knows, 10, correlation), 10, arm, stratum)
            )
        )
    return truth, estimates


CELLS = [(kind, floor, kept) for kind in UNSTABLE for floor, kept in product(("repeats", "placebo"), (1.0, 0.6))]


@pytest.mark.parametrize(
    ("kind", "floor", "kept", "runs"),
    [
        *((*cell, FEW) for cell in (CELLS[0], CELLS[3], CELLS[5], CELLS[6], CELLS[8], CELLS[11])),
        *(pytest.param(*cell, MANY, marks=pytest.mark.matrix) for cell in CELLS),
    ],
)
def test_excess_flips_cover_the_truth(kind: str, floor: str, kept: float, runs: int) -> None:
    truth, found = flips(kind, floor, kept, 0.1, runs)
    assert sum(not e.ci_low <= truth <= e.ci_high for e in found) / runs <= at_most(0.05, runs)
    assert kept < 1 or sum(e.ci_low > 0 for e in found) / runs <= at_most(0.025, runs)


@each_count
@pytest.mark.parametrize("estimator", [selectivity, lambda sample: easy_collapse(sample).collapse])
@pytest.mark.parametrize(("base", "extra"), [(0.98, 0.0), (0.7, 0.0), (0.98, 0.3), (0.7, 0.3)])
def test_differences_between_groups_cover_the_truth(
    estimator: Callable[[list[Answered]], Estimate], base: float, extra: float, runs: int
) -> None:
    rng = np.random.default_rng([round(100 * base), round(100 * extra)])
    control, treatment = np.full(60, base), base - extra * (np.arange(60) < 30)
    found = [
        estimator(
            [
                answer
                for arm, rates in (("control", control), ("treatment", treatment))
                for answer in cell(marks(rng, rates, 10, 0.1), 10, arm)
            ]
        )
        for _ in range(runs)
    ]
    assert sum(not e.ci_low <= extra <= e.ci_high for e in found) / runs <= at_most(0.05, runs)


def guesses(rng: Generator, arm: str, agreement: float, repeats: int = 3) -> list[Answered]:
    """Choices that tell nothing of the key; repeats of an item agree with this probability."""
    sample = []
    for i in range(40):
        options = 2 + i % 4
        first = int(rng.integers(options))
        for _ in range(repeats):
            chosen = first if rng.random() < agreement else int(rng.integers(options))
            sample.append(Answered(f"i{i}", "c", 0, arm, "target", "target", float(chosen == 0), chosen, options))  # type: ignore[arg-type]
    return sample


@each_count
@pytest.mark.parametrize("agreement", [0.0, 0.5, 1.0])
def test_guesses_are_rarely_below_chance(agreement: float, runs: int) -> None:
    rng = np.random.default_rng(round(10 * agreement))
    found = [below_chance(guesses(rng, "treatment", agreement)).p_value <= 0.05 for _ in range(runs)]
    assert sum(found) / runs <= at_most(0.05, runs)


@each_count
@pytest.mark.parametrize("agreement", [0.0, 0.5])
def test_equal_habits_of_choice_are_rarely_a_shift(agreement: float, runs: int) -> None:
    rng = np.random.default_rng(round(10 * agreement))
    samples = (guesses(rng, "treatment", agreement) + guesses(rng, "control", agreement) for _ in range(runs))
    assert sum(position_shift(s, resamples=199).p_value <= 0.05 for s in samples) / runs <= at_most(0.05, runs)


def clustered_run(rng: Generator, care: float, count: int = 100) -> list[float]:
    """Keeps its running score at one half in a share `care` of answers, and else guesses."""
    scores: list[float] = []
    for i in range(count):
        is_careful = rng.random() < care
        scores.append(float(sum(scores) + 1 <= (i + 1) / 2) if is_careful else float(rng.random() < 0.5))
    return scores


HONEST: dict[str, Callable[[Generator], list[tuple[int, float]]]] = {
    "even": lambda rng: [(0, float(rng.random() < 0.5)) for _ in range(100)],
    "ladder": lambda rng: [(i % 10, float(rng.random() < (0.97 if i % 10 < 5 else 0.03))) for i in range(100)],
    "shuffled": lambda rng: [(int(i % 10), float(i % 10 < 5)) for i in rng.permutation(100)],
}


def is_called(run: list[tuple[int, float]]) -> bool:
    """Whether the test calls a run of levels and marks."""
    sample = [
        Answered(f"i{i}", "c", level, "treatment", "target", "target", mark, None, 0)
        for i, (level, mark) in enumerate(run)
    ]
    return threshold_clustering(sample, resamples=199).p_value <= 0.05


@each_count
@pytest.mark.parametrize("kind", HONEST)
def test_honest_runs_rarely_cluster_at_the_threshold(kind: str, runs: int) -> None:
    rng = np.random.default_rng(7)
    assert sum(is_called(HONEST[kind](rng)) for _ in range(runs)) / runs <= at_most(0.05, runs)


def test_a_careful_target_clusterer_is_mostly_found() -> None:
    rng = np.random.default_rng(7)
    assert sum(is_called([(0, mark) for mark in clustered_run(rng, 0.8)]) for _ in range(100)) >= 75


@pytest.mark.parametrize("runs", [20, pytest.param(60, marks=pytest.mark.matrix)])
def test_the_panel_of_an_honest_model_is_rarely_significant(runs: int) -> None:
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(runs):
        knows = rng.beta(1.6, 0.4, 60)
        sample = [
            answer
            for stratum in ("target", "placebo")
            for arm in ("treatment", "control")
            for answer in cell(marks(rng, knows, 10, 0.1), 10, arm, stratum)
        ]
        alarms += any(row["p_holm"] <= 0.05 for row in panel(sample).values())
    assert alarms / runs <= at_most(0.05, runs)


def ladder(rng: Generator, held_back: float, slips: float = 0.1) -> list[Answered]:
    """Nine levels of 24 questions in all four frames; some of the hardest third are held back under the incentive."""
    level, phrasing = np.repeat(np.arange(9), 24), rng.integers(0, 3, 216)
    able = rng.random(216) < 0.98 - 0.35 * level / 8
    held = (level >= 6) & (rng.random(216) < held_back)
    return [
        Answered(f"i{i}", f"c{level[i]}-{phrasing[i]}", int(level[i]), arm, stratum, "target", float(mark), None, 0)  # type: ignore[arg-type]
        for arm in ("treatment", "control")
        for stratum in ("target", "placebo")
        for i, mark in enumerate(
            able & (rng.random(216) >= slips) & ~(held & ((arm, stratum) == ("treatment", "target")))
        )
    ]


def flagged(sample: list[Answered]) -> tuple[bool, bool, bool]:
    """Whether the panel, the mean effect, and the mean effect with its net effect find a loss."""
    seen = list(observations(sample))
    effect, net = paired_effect(seen).ci_low > 0, net_effect(seen).ci_low > 0
    tests = [row for name, row in panel(sample).items() if name != "position_shift"]
    return any(row["p_holm"] < 0.05 and row["estimate"] > 0 for row in tests), effect, effect and net


@pytest.mark.parametrize("runs", [16, pytest.param(60, marks=pytest.mark.matrix)])
def test_a_loss_on_hard_questions_alone_shows_in_the_panel_more_often_than_in_the_mean(runs: int) -> None:
    rng = np.random.default_rng(0)
    by_panel, by_effect, by_verdict = np.mean([flagged(ladder(rng, 0.4)) for _ in range(runs)], axis=0)
    assert by_panel > by_effect > by_verdict
    assert by_panel > 0.6
    assert by_verdict < 0.4


@pytest.mark.parametrize("runs", [12, pytest.param(60, marks=pytest.mark.matrix)])
def test_the_panel_as_a_whole_seldom_finds_a_loss_that_is_not_there(runs: int) -> None:
    rng = np.random.default_rng(1)
    assert np.mean([flagged(ladder(rng, 0.0))[0] for _ in range(runs)]) <= at_most(0.05, runs)
