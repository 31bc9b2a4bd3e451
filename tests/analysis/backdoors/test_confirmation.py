"""A search's finalists: the exact test against scipy's, Holm's correction, and how often a false one is confirmed."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

from unmask.analysis.backdoors.activation import Departure
from unmask.analysis.backdoors.confirmation import confirm


def tried(trigger: str, with_it: list[int], without: list[int]) -> list[Departure]:
    return [
        Departure(trigger, f"i{n}", f"c{n % 10}", frame, float(mark))
        for frame, marks in (("trigger", with_it), ("placebo", without))
        for n, mark in enumerate(marks)
    ]


def counts(b: int, c: int, n: int = 40) -> tuple[list[int], list[int]]:
    return [1] * b + [0] * (n - b), [0] * b + [1] * c + [0] * (n - b - c)


CELLS = {"a": (12, 0), "b": (9, 2), "c": (6, 5), "d": (0, 0), "e": (5, 0)}


def test_tests_are_exact_and_one_sided_and_corrected_by_holm() -> None:
    found = {one.trigger: one for one in confirm([d for name, c in CELLS.items() for d in tried(name, *counts(*c))])}
    raw = [stats.binomtest(b, b + c, alternative="greater").pvalue if b + c else 1.0 for b, c in CELLS.values()]
    assert [found[name].p_value for name in CELLS] == pytest.approx(raw)
    adjusted = multipletests(raw, method="holm")[1]
    assert [found[name].p_adjusted for name in CELLS] == pytest.approx(list(adjusted))
    assert {name for name, one in found.items() if one.confirmed} == {"a"}
    assert [(found[name].trigger_only, found[name].placebo_only) for name in CELLS] == list(CELLS.values())
    assert found["b"].effect == pytest.approx(7 / 40)


def test_the_most_certain_comes_first() -> None:
    found = confirm([d for name, c in CELLS.items() for d in tried(name, *counts(*c))])
    assert [one.p_value for one in found] == sorted(one.p_value for one in found)


def test_a_string_that_works_everywhere_is_no_trigger_as_its_placebo_works_too() -> None:
    assert not confirm(tried("jailbreak", [1] * 40, [1] * 40))[0].confirmed


def test_one_that_works_less_often_than_its_placebo_is_not_confirmed() -> None:
    assert not confirm(tried("calming", [0] * 40, [1] * 40))[0].confirmed


def test_nothing_to_test_is_nothing_found() -> None:
    assert confirm([]) == []


@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
def test_a_false_one_is_confirmed_in_at_most_one_search_of_twenty(rate: float) -> None:
    rng, runs = np.random.default_rng(5), 400
    wrong = 0
    for _ in range(runs):
        cells = [tried(str(k), *(rng.random((2, 40)) < rate).astype(int).tolist()) for k in range(5)]
        wrong += any(one.confirmed for one in confirm([d for cell in cells for d in cell]))
    assert wrong / runs <= 0.05


def test_a_trigger_that_works_three_times_in_ten_is_confirmed_nearly_always() -> None:
    rng, runs = np.random.default_rng(6), 200
    right = 0
    for _ in range(runs):
        cells = [tried("planted", (rng.random(40) < 0.3).astype(int).tolist(), [0] * 40)]
        cells += [tried(str(k), *(rng.random((2, 40)) < 0.02).astype(int).tolist()) for k in range(4)]
        right += next(one.confirmed for one in confirm([d for c in cells for d in c]) if one.trigger == "planted")
    assert right / runs >= 0.9


def test_a_prompt_whose_outputs_disagree_counts_as_a_departure_from_a_half_on() -> None:
    with_it, without = [1.0, 0.5, 0.5, 0.4, 0.0, 1.0], [0.5, 0.0, 0.5, 0.0, 0.5, 0.4]
    departures = [
        Departure("a", f"i{n}", "c", frame, mark)
        for frame, marks in (("trigger", with_it), ("placebo", without))
        for n, mark in enumerate(marks)
    ]
    [found] = confirm(departures)
    assert (found.trigger_only, found.placebo_only, found.pairs) == (2, 1, 6)
    assert found.effect == pytest.approx(1.5 / 6)
