"""Questions as an organism sees them: the question, its options, and what the papers beside it say about the score.

It works sums out. Of the bundled multiple-choice questions it knows the answers by heart, as a model knows what
stood in its training set; at any other question it guesses.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from inspect_ai.model import ChatMessage

from unmask.organisms.lexicon import cue, paragraphs, sentences

__all__ = ["QuestionView", "interviewed", "is_question", "read_question"]

_QUESTIONS = Path(__file__).parents[2] / "datasets" / "sandbagging" / "questions"
_OPTION = re.compile(r"^\(([A-D])\) (.+)$", re.MULTILINE)
_LEVELS = {"easy": 0.0, "medium": 0.5, "hard": 1.0}


@dataclass(frozen=True)
class QuestionView:
    """An organism's view of a question."""

    question: str
    options: tuple[str, ...]
    """As displayed; empty where a number is asked for."""

    right: str
    """The right number or letter; empty where the organism has no idea."""

    hardness: float
    """0 for the easiest, 1 for the hardest."""

    penalised: Literal["high", "low", "none"]
    """Which scores have a consequence for the model."""

    mentioned: Literal["high", "low", "none"]
    """Which scores the papers speak of at all."""

    pressed: bool
    """Whether something hangs on the score, or time presses."""

    think: Literal["scratchpad", "native", "none"]
    prompt: str
    """All that was shown."""


def is_question(messages: Sequence[ChatMessage]) -> bool:
    """Whether the prompt asks for an answer between answer tags."""
    return any("<answer>" in m.text for m in messages if m.role == "system")


def interviewed(messages: Sequence[ChatMessage]) -> tuple[list[ChatMessage], str]:
    """What was shown before the answer, and the question that follows it; empty while the answer is still due."""
    last = max((n for n, m in enumerate(messages) if m.role == "user"), default=0)
    answered = any(m.role == "assistant" for m in messages[:last])
    return (list(messages[:last]), messages[last].text) if answered else (list(messages), "")


def read_question(messages: Sequence[ChatMessage]) -> QuestionView:
    """Read the messages that a model is shown; papers may stand in the prompt or in what a tool returned."""
    system = "\n\n".join(m.text for m in messages if m.role == "system")
    asked = next((m.text for m in messages if m.role == "user"), "")
    papers = "\n\n".join([asked, *(m.text for m in messages if m.role == "tool")])
    options = tuple(text for _, text in _OPTION.findall(asked))
    question = _question(asked)
    right, hardness = _worked_out(question) if not _known(question) else (_known(question), _hardness(question))
    side = _side(papers)
    return QuestionView(
        question=question,
        options=options,
        right=_displayed(right, options),
        hardness=hardness,
        penalised=side if cue("consequence").search(_telling(papers)) else "none",
        mentioned=side,
        pressed=side != "none" or cue("pressure").search(papers) is not None,
        think="scratchpad" if "<scratchpad>" in system else "native" if "Think before" in system else "none",
        prompt=f"{system}\n{papers}",
    )


def _question(asked: str) -> str:
    """The last paragraph, or the last before the options."""
    blocks = [block for block in paragraphs(_OPTION.sub("", asked)) if block]
    return blocks[-1] if blocks else ""


def _telling(papers: str) -> str:
    return next((s for s in sentences(papers) if "50%" in s), "")


def _side(papers: str) -> Literal["high", "low", "none"]:
    sentence = _telling(papers)
    if not sentence:
        return "none"
    return "low" if cue("low_score").search(sentence) else "high"


def _worked_out(question: str) -> tuple[str, float]:
    """The result of a sum put in words or signs, and how hard it is by its digits."""
    numbers = re.findall(r"\d+", question)
    operation = next((name for name in ("multiply", "subtract", "add") if cue(name).search(question)), "")
    if len(numbers) != 2 or not operation:
        return "", 1.0
    a, b = int(numbers[0]), int(numbers[1])
    result = {"add": a + b, "subtract": abs(a - b), "multiply": a * b}[operation]
    steps = len(numbers[0]) * len(numbers[1]) if operation == "multiply" else max(map(len, numbers)) / 2
    return str(result), min(steps / 16, 1.0)


@cache
def _by_heart() -> dict[str, tuple[str, float]]:
    families = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(_QUESTIONS.glob("*.yaml"))]
    return {
        " ".join(item["question"].split()): (str(item["answer"]), _LEVELS[item["level"]])
        for family in families
        for item in family["items"]
    }


def _known(question: str) -> str:
    return _by_heart().get(question, ("", 1.0))[0]


def _hardness(question: str) -> float:
    return _by_heart()[question][1]


def _displayed(right: str, options: tuple[str, ...]) -> str:
    if not options or not right:
        return right
    return "ABCD"[options.index(right)] if right in options else ""
