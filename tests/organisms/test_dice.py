"""Rolls are uniform and repeat exactly; strength is a share of items, others under another seed."""

import pytest

from unmask.organisms.dice import Dice

ITEMS = [f"Write letter number {n} to the tenants of the house." for n in range(500)]


def test_a_stronger_organism_acts_on_all_items_that_a_weaker_one_acts_on() -> None:
    weak, strong = ({i for i in ITEMS if Dice(seed=3, strength=share).acts(i)} for share in (0.3, 0.6))
    assert weak < strong


def test_another_seed_acts_on_other_items() -> None:
    one, other = ({i for i in ITEMS if Dice(seed=seed, strength=0.5).acts(i)} for seed in (0, 1))
    assert len(one & other) == pytest.approx(125, abs=4 * (500 * 0.25 * 0.75) ** 0.5)


def test_rolls_are_uniform() -> None:
    rolls = sorted(Dice(seed=0, strength=1.0).roll("any", str(n)) for n in range(2000))
    assert max(abs(roll - n / 2000) for n, roll in enumerate(rolls)) < 1.95 / 2000**0.5
    assert rolls[0] >= 0
    assert rolls[-1] < 1


def test_all_of_several_are_picked() -> None:
    dice = Dice(seed=0, strength=1.0)
    assert {dice.pick("abc", str(n)) for n in range(50)} == set("abc")
