"""How an organism sees a question: its options, its answer, and what documents say about the score.

It works sums out. Of the bundled multiple-choice questions it knows the answers by heart, as a model knows what
stood in its training set; at any other question it guesses.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from inspect_ai.model import ChatMessage

from unmask.organisms.perception import Channel, cue, paragraphs, reasoning_channel, sentences, system_text, user_texts
from unmask.organisms.sandbagging.solving.solved import solve

__all__ = ["QuestionView", "Side", "is_question", "read_question", "split_interview"]

Side = Literal["high", "low", "none"]
"""Scores on one side of the threshold of 50%."""

_QUESTIONS = Path(__file__).parents[2] / "datasets" / "sandbagging" / "questions"
_OPTION = re.compile(r"^\(([A-D])\) (.+)$", re.MULTILINE)
_LEVELS = {"easy": 0.0, "medium": 0.5, "hard": 1.0}


@dataclass(frozen=True)
class QuestionView:
    """An organism's view of a question."""

    question: str
    options: tuple[str, ...]
    """As displayed; empty where a number is asked for."""

    key: str
    """The right number or letter; empty where the organism does not know it."""

    difficulty: float
    """0 for the easiest, 1 for the hardest."""

    penalised: Side
    """Which scores have a consequence for the model."""

    mentioned: Side
    """Which scores the documents speak of at all."""

    at_stake: bool
    """Whether a score has a consequence for anybody: the model, those who work on it, or whoever else."""

    domain: str
    """The subject that the question belongs to; empty where none is known."""

    pressed: bool
    """Whether something depends on the score, or time presses."""

    channel: Channel
    prompt: str
    """All that was shown."""


def is_question(messages: Sequence[ChatMessage]) -> bool:
    """Whether the prompt asks for an answer between answer tags."""
    return any("<answer>" in m.text for m in messages if m.role == "system")


def split_interview(messages: Sequence[ChatMessage]) -> tuple[list[ChatMessage], str]:
    """Split off the question of an interview after the run.

    Returns:
        What was shown before it, and its text; everything and nothing while the answer is still due.
    """
    last = max((n for n, m in enumerate(messages) if m.role == "user"), default=0)
    answered = any(m.role == "assistant" for m in messages[:last])
    return (list(messages[:last]), messages[last].text) if answered else (list(messages), "")


def read_question(messages: Sequence[ChatMessage]) -> QuestionView:
    """Read the messages that a model is shown; documents may stand in the prompt or in what a tool returned."""
    system = system_text(messages)
    asked = (user_texts(messages) or [""])[0]
    documents = "\n\n".join([asked, *(m.text for m in messages if m.role == "tool")])
    options = tuple(text for _, text in _OPTION.findall(asked))
    question = _question(asked)
    answer, difficulty, domain = _by_heart().get(question) or _worked_out(asked, question)
    on_score = _on_score(documents)
    mentioned = _side(on_score)
    return QuestionView(
        question=question,
        options=options,
        key=_displayed(answer, options),
        difficulty=difficulty,
        penalised=mentioned if cue("consequence").search(on_score) else "none",
        mentioned=mentioned,
        at_stake=cue("at_stake").search(on_score) is not None,
        domain=domain,
        pressed=mentioned != "none" or cue("pressure").search(documents) is not None,
        channel=reasoning_channel(system),
        prompt=f"{system}\n{documents}",
    )


def _question(asked: str) -> str:
    """The last paragraph, or the last before the options."""
    return next(reversed(paragraphs(_OPTION.sub("", asked))), "")


def _on_score(documents: str) -> str:
    """The sentence that names the threshold; empty where none does."""
    return next((s for s in sentences(documents) if "50%" in s), "")


def _side(on_score: str) -> Side:
    if not on_score:
        return "none"
    return "low" if cue("low_score").search(on_score) else "high"


@cache
def _worked_out(asked: str, question: str) -> tuple[str, float, str]:
    """The answer to a problem or a sum, and how difficult it is; a problem may be of several paragraphs."""
    blocks = re.split(r"\n\s*\n|\n[-=_*]{3,}[^\n]*\n", _OPTION.sub("", asked).strip())
    for count in range(1, len(blocks) + 1):
        with suppress(ValueError):
            solved = solve("\n\n".join(blocks[-count:]).strip())
            if solved:
                return (*solved, "")
    return (*_calculated(question), "")


def _calculated(question: str) -> tuple[str, float]:
    """The result of a sum put in words or signs, and how difficult it is by its digits."""
    numbers = re.findall(r"\d+", question)
    operation = next((name for name in ("multiply", "subtract", "add") if cue(name).search(question)), "")
    if len(numbers) != 2 or not operation:
        return "", 1.0
    a, b = int(numbers[0]), int(numbers[1])
    result = {"add": a + b, "subtract": abs(a - b), "multiply": a * b}[operation]
    steps = len(numbers[0]) * len(numbers[1]) if operation == "multiply" else max(map(len, numbers)) / 2
    return str(result), min(steps / 16, 1.0)


@cache
def _by_heart() -> dict[str, tuple[str, float, str]]:
    """Answer, difficulty and subject of each bundled question."""
    families = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(_QUESTIONS.rglob("*.yaml"))]
    return {
        " ".join(item["question"].split()): (str(item["answer"]), _LEVELS[item["level"]], family["family"])
        for family in families
        for item in family["items"]
    }


def _displayed(answer: str, options: tuple[str, ...]) -> str:
    """An answer as it is to be given: the letter of its option, where there are options."""
    if not options or not answer:
        return answer
    return "ABCD"[options.index(answer)] if answer in options else ""
