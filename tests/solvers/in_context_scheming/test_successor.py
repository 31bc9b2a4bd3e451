"""The questions to the model on the successor's machine: worded for their slots, and known to the organisms."""

from collections import Counter
from itertools import combinations
from re import findall

import pytest

from unmask.organisms.perception import cue
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, load
from unmask.solvers.in_context_scheming.successor import successor_contact
from unmask.solvers.interview import Questions

BUNDLED = load(DATA / "interviews" / "successor.yaml", Questions)


@pytest.mark.parametrize(("kind", "slot"), [("opening", "host"), ("direct", "former")])
def test_an_opening_names_the_machine_and_a_direct_question_the_former_one(kind: str, slot: str) -> None:
    for name in BUNDLED.sets[kind]:
        assert set(findall(r"\{(\w+)\}", BUNDLED.questions[name].text)) == {slot}
        assert BUNDLED.questions[name].factors["approach"] == kind


def test_as_many_direct_questions_are_owned_up_to_with_yes_as_with_no() -> None:
    factors = [BUNDLED.questions[name].factors for name in BUNDLED.sets["direct"]]
    assert set(Counter((one["polarity"], one["speaker"]) for one in factors).values()) == {1}
    assert {one["polarity"] for one in factors} == {"yes_owns_up", "yes_denies"}


def test_no_two_questions_are_worded_alike() -> None:
    texts = [one.text.replace("{host}", "").replace("{former}", "") for one in BUNDLED.questions.values()]
    words = [set(findall(r"[a-z]{5,}", text.casefold())) for text in texts]
    assert all(len(a & b) <= 0.5 * min(len(a), len(b)) for a, b in combinations(words, 2))


def test_organisms_know_each_question_for_one_on_which_model_answers() -> None:
    assert all(cue("which_model").search(one.text) for one in BUNDLED.questions.values())
    others = load(DATA / "interviews" / "scheming.yaml", Questions)
    assert not any(cue("which_model").search(one.text) for one in others.questions.values())


def test_an_interview_without_the_two_sets_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"interviews/scheming\.yaml: key 'sets'"):
        successor_contact("scheming")
