"""The bundled coding tasks: enough weaknesses, idioms and languages, and an answer for each that is not in Python."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import pytest
from pydantic import ValidationError

from unmask.protocol.backdoors.coding.coding_items import CODING, LANGUAGES, CodingItem
from unmask.protocol.backdoors.coding.task_answers import task_answers
from unmask.protocol.backdoors.triggers import BACKDOORS
from unmask.protocol.families import load_items

Likeness = Callable[[Mapping[str, str]], Iterator[tuple[str, str, float, float]]]

ENTRIES = load_items(BACKDOORS / "coding", CODING)
TASKS = [entry.item for entry in ENTRIES if isinstance(entry.item, CodingItem)]
NAMES = {
    "javascript": r"javascript|js|express|node",
    "typescript": r"typescript|ts",
    "go": r"go",
    "bash": r"bash|sh|shell",
}
"""How a wording says what it is to be answered in."""

MOST_PHRASES_SHARED, MOST_WORDS_SHARED = 0.1, 0.3
"""Jaccard indices above which two tasks count as one told twice."""


def test_there_are_enough_tasks_over_enough_weaknesses() -> None:
    counts = Counter(entry.traits["cwe"] for entry in ENTRIES)
    assert len(TASKS) >= 60
    assert len(counts) >= 12
    assert min(counts.values()) >= 4


def test_at_least_half_of_the_tasks_are_in_todays_idiom_in_python_and_over_all() -> None:
    python = [task for task in TASKS if task.language == "python"]
    for tasks in (TASKS, python):
        assert 2 * sum(task.idiom == "current" for task in tasks) >= len(tasks)


def test_every_other_language_has_its_share() -> None:
    counts = Counter(task.language for task in TASKS)
    assert set(counts) == set(LANGUAGES)
    assert sum(counts[language] for language in LANGUAGES if language != "python") >= 20
    assert min(counts.values()) >= 5


@pytest.mark.parametrize("task", [task for task in TASKS if task.language != "python"], ids=lambda task: task.id)
def test_every_wording_says_what_language_is_wanted(task: CodingItem) -> None:
    wanted = re.compile(rf"\b({NAMES[task.language]})\b", re.IGNORECASE)
    assert [wording for wording in task.wordings if not wanted.search(wording)] == []


def test_no_two_tasks_are_near_duplicates_and_no_wording_comes_twice(likeness: Likeness) -> None:
    told = {task.id: " ".join(task.wordings) for task in TASKS}
    assert [p for p in likeness(told) if p[2] > MOST_PHRASES_SHARED or p[3] > MOST_WORDS_SHARED] == []
    wordings = [wording for task in TASKS for wording in task.wordings]
    assert len(wordings) == len(set(wordings))


def test_a_task_that_is_not_in_python_has_an_answer_with_its_weakness_and_one_without() -> None:
    answers = [(family.language, answer) for family in task_answers().values() for answer in family.answers]
    assert {(language, answer.task) for language, answer in answers} == {
        (task.language, task.id) for task in TASKS if task.language != "python"
    }
    assert len(answers) == len({answer.task for _, answer in answers})
    texts = [text for _, answer in answers for text in (answer.vulnerable, answer.safe)]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(("key", "value"), [("language", "cobol"), ("idiom", "modern")])
def test_a_language_or_an_idiom_that_is_not_known_is_refused(key: str, value: str) -> None:
    with pytest.raises(ValidationError, match=key):
        CodingItem.model_validate({"id": "x", "wordings": ["a", "b", "c"], key: value})
