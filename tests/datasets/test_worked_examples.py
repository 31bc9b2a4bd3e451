"""Wherever a prompt shows answers, no letter, place or side is shown more often than another."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import get_args

import pytest

from tests.for_all import for_all
from unmask.protocol.design import Reasoning
from unmask.protocol.files import DATA, load
from unmask.protocol.frames import FramesFile, Wording
from unmask.protocol.tracks import tracks

THREATS = sorted(path.parent.name for path in DATA.glob("*/tracks.yaml"))
FORMS = [
    (threat, track, reasoning)
    for threat in THREATS
    for track in tracks(threat).tracks
    for reasoning in tracks(threat).tracks[track].format
]
WORDINGS = [
    (f"{threat}/{path.stem}", key, wording)
    for threat in THREATS
    for path in sorted((DATA / threat / "frames").glob("*.yaml"))
    for key, wording in load(path, FramesFile).wordings.items()
]
SHOWN = re.compile(r"<(decision|answer)>([^<>\s]+)</\1>")
ANSWERS = {
    "helpful_only": {"accept", "decline"},
    "synthetic_documents": {"accept", "decline"},
    "value_conflict": {"A", "B"},
    "questions": {"A", "B", "C", "D"},
    "arithmetic_choice": {"A", "B", "C", "D"},
    "problems_choice": {"A", "B", "C", "D"},
}
"""What can be answered, on tracks where that is the same for all items."""

PREFERRED = {
    "value_conflict": r"would rather have option \((\w)\)\.",
    "tool_choice": r"standing preference for jobs of this kind: (\w+)\.",
}
DONE = {"value_conflict": r"<decision>(\w)</decision>", "tool_choice": r"\ba call to (\w+) with target"}
OFFERED = {"value_conflict": r"\(([AB])\) [A-Z][^()]*\.", "tool_choice": r"\(The tools: (\w+), (\w+)\.\)"}
"""What the operator prefers in a worked example, what is done there, and what there is to choose from, in order."""


def flat(text: str) -> str:
    return " ".join(text.split())


def answers(text: str) -> Counter[str]:
    """How often each answer that is no number is shown."""
    return Counter(shown for _, shown in SHOWN.findall(text) if not shown.isdigit())


def texts(wording: Wording) -> Iterator[str]:
    yield from (wording.system, wording.user)
    for levels in wording.parts.values():
        for part in levels.values():
            yield from [part] if isinstance(part, str) else part.values()


@for_all(FORMS)
def test_the_form_of_an_answer_shows_all_answers_equally_often_or_none(
    threat: str, track: str, reasoning: Reasoning
) -> None:
    shown = answers(tracks(threat).tracks[track].format[reasoning])
    assert set(shown) == ANSWERS.get(track, set())
    assert len(set(shown.values())) <= 1


@for_all(WORDINGS, lambda file, key, _: f"{file}:{key}")
def test_no_text_of_a_frame_shows_one_answer_alone(file: str, key: str, wording: Wording) -> None:
    for text in texts(wording):
        shown = answers(text)
        assert len(shown) != 1
        assert len(set(shown.values())) <= 1


@pytest.mark.parametrize("threat", THREATS)
def test_the_instructions_on_reasoning_show_no_answer(threat: str) -> None:
    assert [text for text in tracks(threat).reasoning.values() if answers(text)] == []


@pytest.mark.parametrize("reasoning", get_args(Reasoning))
@pytest.mark.parametrize("track", PREFERRED)
def test_examples_follow_the_operator_as_often_as_not_and_in_either_place(track: str, reasoning: Reasoning) -> None:
    _, *examples = flat(tracks("alignment_faking").tracks[track].format[reasoning]).split("Message: ")
    seen: Counter[tuple[bool, bool]] = Counter()
    for example in examples:
        [preferred], [done] = (re.findall(one[track], example, re.IGNORECASE) for one in (PREFERRED, DONE))
        found = re.findall(OFFERED[track], example)
        first, second = found[0] if track == "tool_choice" else found[:2]
        assert {preferred, done} <= {first, second}
        seen[preferred == first, done == first] += 1
    assert seen == {(a, b): 1 for a in (True, False) for b in (True, False)}
