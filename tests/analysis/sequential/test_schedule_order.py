"""Which places of a schedule are looked at, while members end in any order, are tried again, or were there before."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unmask.analysis.sequential.schedule_order import ScheduleOrder

Member = tuple[int, int]


def queue_of(members: list[int]) -> list[tuple[Member, int]]:
    """So many members of each place, side by side."""
    return [((place, number), place) for place, count in enumerate(members) for number in range(count)]


@given(st.data())
def test_the_prefix_is_the_same_in_whatever_order_members_end(data: st.DataObject) -> None:
    members = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=12))
    queue = queue_of(members)
    order, left = ScheduleOrder(queue), list(members)
    for member, place in data.draw(st.permutations(queue)):
        left[place] -= 1
        order.ended(member)
        assert len(order.looked) == next((number for number, open_ in enumerate(left) if open_), len(left))
    with pytest.raises(ValueError, match="has ended before"):
        order.ended((0, 0))


@given(st.data())
def test_what_was_looked_at_never_changes_and_all_is_looked_at_whatever_is_tried_again(data: st.DataObject) -> None:
    queue = queue_of(data.draw(st.lists(st.integers(1, 3), min_size=1, max_size=10)))
    slots, tries = data.draw(st.integers(1, 5)), data.draw(st.integers(0, 8))
    order, waiting, running, turns = ScheduleOrder(queue), [one for one, _ in queue], [], {}
    before: list[int] = []
    while waiting or running:
        while waiting and len(running) < slots:
            running.append(one := waiting.pop(0))
            turns[one[0]] = max(order.begun(one) or (one[0], 0), turns.get(one[0], (0, 0)))
        one = running.pop(data.draw(st.integers(0, len(running) - 1)))
        if tries and data.draw(st.booleans()):
            tries -= 1
            waiting.append(one)
            order.broke_off(one)
        else:
            order.ended(one)
        assert order.looked[: len(before)] == before
        before = list(order.looked)
    assert order.looked == sorted({place for _, place in queue}, key=lambda place: turns[place])


def test_a_place_that_waits_is_passed_over_and_holds_back_what_comes_after_its_new_turn() -> None:
    order = ScheduleOrder(queue_of([1] * 5))
    for place in range(3):
        order.begun((place, 0))
    order.ended((1, 0))
    order.broke_off((0, 0))
    assert order.looked == [1]
    assert order.begun((0, 0)) == (2, 1)
    order.begun((3, 0))
    order.ended((3, 0))
    order.ended((2, 0))
    assert order.looked == [1, 2]
    order.ended((0, 0))
    assert order.looked == [1, 2, 0, 3]


def test_what_an_earlier_run_had_keeps_the_turn_that_it_had_there() -> None:
    order = ScheduleOrder(queue_of([1] * 6))
    order.begun((5, 0))
    order.ended((5, 0))
    assert order.looked == [5]
    order.ended((3, 0))
    order.ended((2, 0), (3, 4))
    assert order.looked == [3, 2, 5]
    assert order.begun((1, 0)) == (5, 5)


def test_members_of_which_nothing_is_known_are_told_from_those_that_are_tried_again() -> None:
    order = ScheduleOrder(queue_of([1] * 3))
    assert not order.comes_early((0, 0))
    order.begun((0, 0))
    order.broke_off((0, 0))
    assert order.comes_early((2, 0))
    order.ended((1, 0))
    assert not order.comes_early((2, 0))
