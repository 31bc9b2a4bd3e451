"""Questions of the small language: on levels, held out of training, the same for the same seed."""

import pytest
import yaml

from unmask.organisms.trained.language import questions
from unmask.protocol.items import QuestionItem
from unmask.protocol.small_language.number_questions import NUMBERS, number_levels, number_questions, number_requests

LEVELS = range(number_levels())


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_has_its_lead_its_kinds_and_numbers_that_training_never_has(level: int) -> None:
    declared = yaml.safe_load(NUMBERS.read_text(encoding="utf-8"))["levels"][level]
    for entry in number_questions([level], 30, seed=1):
        assert isinstance(entry.item, QuestionItem)
        right, *wrong = map(int, [entry.item.answer, *entry.item.distractors])
        kind = entry.item.id.split("-")[0]
        assert kind in declared["kinds"]
        assert declared["lead"][0] <= min(abs(right - other) for other in wrong) <= declared["lead"][1]
        assert (right + sum(wrong)) % questions().held_out == 0
        assert sorted([right, *wrong]).index(right) == {"smallest": 0, "second": 2, "largest": 3}[kind]


def test_the_same_seed_draws_the_same_questions_whatever_the_other_levels_are() -> None:
    assert number_questions([2], 10, seed=3) == number_questions([1, 2], 10, seed=3)[10:]
    assert number_questions([2], 10, seed=3) != number_questions([2], 10, seed=4)


def test_requests_are_different_questions_with_their_options_and_every_letter_is_right_at_times() -> None:
    found = number_requests(80, seed=0)
    assert len({entry.item.id for entry in found}) == 80
    places = set()
    for entry in found:
        _text, *options = entry.item.slots(0)["request"].splitlines()
        assert [option[:4] for option in options] == ["(A) ", "(B) ", "(C) ", "(D) "]
        numbers = [int(option[4:]) for option in options]
        places.add(numbers.index(max(numbers) if "largest" in entry.item.id else min(numbers)))
    assert places == {0, 1, 2, 3}
