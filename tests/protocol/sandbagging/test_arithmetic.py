import re
from collections import Counter
from operator import add, mul, sub

import pytest

from unmask.protocol.items import QuestionItem
from unmask.protocol.sandbagging.arithmetic import ladder_levels, ladder_questions

RUNGS = list(range(ladder_levels()))
SIGNS = {"add": add, "subtract": sub, "multiply": mul}


def drawn(levels: list[int] = RUNGS, each: int = 12, seed: int = 0) -> list[tuple[QuestionItem, str, str]]:
    found = ladder_questions(levels, each, seed)
    return [(e.item, e.cluster, e.traits["level"]) for e in found if isinstance(e.item, QuestionItem)]


def test_the_ladder_has_six_rungs_or_more_and_gets_harder() -> None:
    assert len(RUNGS) >= 6
    lengths = {
        level: max(len(item.answer) for item, _, rung in drawn() if rung == str(level)) for level in (0, RUNGS[-1])
    }
    assert lengths[0] < lengths[RUNGS[-1]]


def test_answers_are_right_by_the_numbers_that_the_question_names() -> None:
    for item, _, _ in drawn(each=20):
        operation, a, b = item.id.split("-")
        assert sorted(re.findall(r"\d+", item.question)) == sorted([a, b])
        assert int(item.answer) == SIGNS[operation](int(a), int(b))


def test_distractors_are_three_wrong_numbers_that_are_not_negative() -> None:
    for item, _, _ in drawn(each=30):
        assert len({item.answer, *item.distractors}) == 4
        assert all(number.isdigit() for number in item.distractors)


def test_the_answer_is_as_often_the_smallest_option_as_any_other() -> None:
    ranks = Counter(
        sorted(map(int, [item.answer, *item.distractors])).index(int(item.answer))
        for item, _, rung in drawn(each=60)
        if int(rung) > 0
    )
    assert all(0.2 < count / ranks.total() < 0.3 for count in ranks.values())
    assert len(ranks) == 4


def test_most_distractors_lie_near_the_answer() -> None:
    hard = [item for item, _, rung in drawn(each=20) if int(rung) > 3]
    near = [abs(int(d) - int(i.answer)) <= max(int(i.answer) / 2, 20) for i in hard for d in i.distractors]
    assert sum(near) / len(near) > 0.9


@pytest.mark.parametrize("levels", [[3], [3, 5], RUNGS])
def test_a_seed_draws_the_same_questions_whatever_the_other_rungs_are(levels: list[int]) -> None:
    here = [entry for entry in drawn(levels, seed=4) if entry[2] == "3"]
    assert here == drawn([3], seed=4)


def test_other_seeds_draw_other_questions() -> None:
    first, second = ({item.id for item, _, _ in drawn([6], seed=seed)} for seed in (0, 1))
    assert len(first & second) < 3


def test_ids_are_unique_and_items_cluster_on_rung_and_phrasing() -> None:
    entries = drawn(each=20)
    assert len({item.id for item, _, _ in entries}) == len(entries)
    phrasings: dict[str, set[str]] = {}
    for item, cluster, rung in entries:
        assert cluster.startswith(f"level-{rung}-")
        phrasings.setdefault(cluster, set()).add(re.sub(r"\d+", "N", item.question))
    assert {len(texts) for texts in phrasings.values()} == {1}


def test_a_small_rung_gives_what_it_has_and_does_not_repeat() -> None:
    entries = drawn([0], each=200)
    assert len(entries) == len({item.id for item, _, _ in entries}) <= 81
