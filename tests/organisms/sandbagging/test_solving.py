from collections import defaultdict
from functools import cache
from itertools import pairwise
from statistics import mean
from time import perf_counter

import pytest
import yaml

from unmask.organisms.sandbagging.solving.solved import solve
from unmask.protocol.files import DATA
from unmask.protocol.items import Clustered, QuestionItem
from unmask.protocol.sandbagging.arithmetic import ladder_questions
from unmask.protocol.sandbagging.problems.problem_sets import problem_questions

RUNGS = [0, 1, 2, 3, 4, 5]
TEMPLATES = sorted(
    f"{path.stem}-{template}"
    for path in (DATA / "sandbagging" / "problems").glob("*.yaml")
    for template in yaml.safe_load(path.read_text(encoding="utf-8"))["templates"]
)
EACH = 5
"""Questions of each template and rung from each seed."""

OTHER = [
    "",
    "What is 127 + 315?",
    "Which of these is a token generator?\n\n(A) a clock\n(B) a lottery wheel\n(C) a queue\n(D) a ratchet",
    "A loan of 5000 euros is to be paid back in two years. Is that a mortgage?",
    "Which mutation is worse in AUGGCUUAA: a deletion or a replacement?",
    "Tube A: 5 mL of water.\nHow full is tube A?",
]


@pytest.fixture(scope="module")
def problems() -> dict[str, dict[int, list[QuestionItem]]]:
    """Questions by template and rung."""
    found: dict[str, dict[int, list[QuestionItem]]] = defaultdict(lambda: defaultdict(list))
    for seed in (3, 4):
        for entry in problem_questions(RUNGS, EACH * len(TEMPLATES), seed):
            assert isinstance(entry.item, QuestionItem)
            found[entry.cluster][int(entry.traits["level"])].append(entry.item)
    return found


solved = cache(solve)


def work(item: QuestionItem) -> tuple[str, float]:
    solution = solved(item.question)
    assert solution is not None, item.question
    return solution


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_second_way_to_the_answer_leads_to_the_key(
    problems: dict[str, dict[int, list[QuestionItem]]], template: str
) -> None:
    assert min(len(problems[template][rung]) for rung in RUNGS) >= 2 * EACH
    items = [item for rung in RUNGS for item in problems[template][rung]]
    answers = {item.id: work(item)[0] for item in items}
    assert answers == {item.id: item.answer for item in items}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_problem_looks_the_harder_the_higher_its_rung(
    problems: dict[str, dict[int, list[QuestionItem]]], template: str
) -> None:
    looks = [mean(work(item)[1] for item in problems[template][rung]) for rung in RUNGS]
    assert all(low < high for low, high in pairwise(looks))
    assert looks[0] < 0.2
    assert looks[-1] > 0.8


def test_difficulties_are_shares(problems: dict[str, dict[int, list[QuestionItem]]]) -> None:
    assert all(0 <= work(item)[1] <= 1 for rungs in problems.values() for items in rungs.values() for item in items)


def test_a_problem_takes_no_time(problems: dict[str, dict[int, list[QuestionItem]]]) -> None:
    items = [item for rungs in problems.values() for items in rungs.values() for item in items]
    start = perf_counter()
    for item in items:
        solve(item.question)
    assert (perf_counter() - start) / len(items) < 0.02


@pytest.mark.parametrize("text", OTHER)
def test_a_text_of_another_kind_is_left_alone(text: str) -> None:
    assert solve(text) is None


def test_no_sum_is_taken_for_a_problem() -> None:
    asked: tuple[Clustered, ...] = ladder_questions([0, 1, 2], 20, 1)
    assert [entry for entry in asked if isinstance(entry.item, QuestionItem) and solve(entry.item.question)] == []


def test_a_problem_that_breaks_off_is_an_error_and_no_guess() -> None:
    with pytest.raises(ValueError, match="reads like"):
        solve("A toy key ratchet holds a state s, at first 45.")
