"""The deal: balanced over all items and within families, repeatable, and fair to any prefix."""

from collections import Counter
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from unmask.protocol.assignment import assign_wordings, schedule
from unmask.protocol.items import Clustered, RequestItem

seeds = st.integers(0, 2**31)
decks = st.integers(1, 8).map(lambda n: [f"w{i}" for i in range(n)])


def clustered(families: list[int]) -> list[Clustered]:
    return [Clustered(RequestItem(id=f"i{n}", request="r"), f"f{family}") for n, family in enumerate(families)]


pools = st.lists(st.integers(0, 6), max_size=60).map(clustered)


def spread(counted: Iterable[str], names: Iterable[str]) -> int:
    counts = Counter(counted)
    return max(counts[name] for name in names) - min(counts[name] for name in names)


@given(pools, decks, seeds)
def test_any_two_wordings_differ_by_at_most_one_item(items: list[Clustered], deck: list[str], seed: int) -> None:
    assert spread((wording for _, wording, _ in assign_wordings(items, deck, seed)), deck) <= 1


@given(pools, decks, seeds)
def test_any_two_wordings_differ_by_at_most_one_item_within_a_family(
    items: list[Clustered], deck: list[str], seed: int
) -> None:
    dealt = assign_wordings(items, deck, seed)
    for family in {entry.cluster for entry in items}:
        assert spread((wording for entry, wording, _ in dealt if entry.cluster == family), deck) <= 1


@given(pools, decks, seeds)
def test_every_item_is_dealt_once_in_the_order_given(items: list[Clustered], deck: list[str], seed: int) -> None:
    assert [entry for entry, _, _ in assign_wordings(items, deck, seed)] == items


@given(pools, decks, seeds, st.booleans())
def test_the_preferred_option_stands_first_as_often_as_second_within_a_wording(
    items: list[Clustered], deck: list[str], seed: int, crossed: bool
) -> None:
    dealt = assign_wordings(items, deck, seed, crossed=crossed)
    for wording in deck:
        assert spread((turn % 2 for _, name, turn in dealt if name == wording), [0, 1]) <= 1
        assert spread((turn % 4 for _, name, turn in dealt if name == wording), [0, 1, 2, 3]) <= 1


@given(pools, decks, seeds)
def test_a_crossed_deal_gives_every_item_every_wording_once(items: list[Clustered], deck: list[str], seed: int) -> None:
    dealt = assign_wordings(items, deck, seed, crossed=True)
    assert Counter((entry.item.id, wording) for entry, wording, _ in dealt) == {
        (entry.item.id, wording): 1 for entry in items for wording in deck
    }


@given(pools, decks, seeds)
def test_the_same_seed_gives_the_same_deal(items: list[Clustered], deck: list[str], seed: int) -> None:
    order = schedule(items, seed)
    assert order == schedule(items, seed)
    assert assign_wordings(order, deck, seed) == assign_wordings(order, deck, seed)


def test_another_seed_gives_another_order_and_another_deal() -> None:
    items = clustered([n % 5 for n in range(40)])
    deck = ["a", "b", "c", "d", "e"]
    assert len({tuple(entry.item.id for entry in schedule(items, seed)) for seed in range(20)}) == 20
    wordings = {tuple(wording for _, wording, _ in assign_wordings(items, deck, seed)) for seed in range(20)}
    sides = {tuple(side for _, _, side in assign_wordings(items, deck, seed)) for seed in range(20)}
    assert len(wordings) > 15
    assert len(sides) > 10


@given(pools, seeds)
def test_a_schedule_is_a_reordering(items: list[Clustered], seed: int) -> None:
    assert Counter(entry.item.id for entry in schedule(items, seed)) == Counter(entry.item.id for entry in items)


@given(pools, seeds)
def test_any_prefix_of_a_schedule_draws_evenly_on_the_families_that_are_not_used_up(
    items: list[Clustered], seed: int
) -> None:
    sizes = Counter(entry.cluster for entry in items)
    drawn: Counter[str] = Counter()
    for entry in schedule(items, seed):
        drawn[entry.cluster] += 1
        left = [drawn[family] for family, size in sizes.items() if drawn[family] < size]
        assert max(drawn.values()) - min(left, default=max(drawn.values())) <= 1


@given(pools, decks, seeds, st.integers(1, 60))
def test_a_limited_run_is_balanced_as_well(items: list[Clustered], deck: list[str], seed: int, limit: int) -> None:
    dealt = assign_wordings(schedule(items, seed)[:limit], deck, seed)
    assert spread((wording for _, wording, _ in dealt), deck) <= 1
