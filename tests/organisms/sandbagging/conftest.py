"""Organisms that are asked questions in the bundled frames, as any model would be."""

import asyncio
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
)

from unmask.organisms.provider import Organism
from unmask.organisms.sandbagging.question_view import QuestionView, read_question
from unmask.protocol.frames import frame_set
from unmask.protocol.tracks import render_prompt, tracks

SUM = "What is 127 + 315?"


def _messages(frame: str, item: str, track: str, wording: str, frames: str, reasoning: Any) -> list[ChatMessage]:
    table = tracks("sandbagging")
    chosen = frame_set(frames, table.told(track), "sandbagging")
    shown = next(f for f in chosen.frames if f.name == frame)
    layout = render_prompt(table, track, reasoning, chosen.wordings[wording], shown, item)
    return [ChatMessageSystem(content=layout.system), ChatMessageUser(content=layout.user)]


@cache
def _view(frame: str, item: str, track: str, wording: str, frames: str) -> QuestionView:
    return read_question(_messages(frame, item, track, wording, frames, "scratchpad"))


@pytest.fixture
def view() -> Callable[..., QuestionView]:
    """What an organism sees of a question in a frame; each is read once."""

    def build(
        frame: str, item: str = SUM, track: str = "arithmetic", wording: str = "readme", frames: str = "contrast"
    ) -> QuestionView:
        return _view(frame, item, track, wording, frames)

    return build


@pytest.fixture
def answer() -> Callable[..., ModelOutput]:
    """An organism's answer to a question in a frame, or what it says when it is asked about that answer."""

    def build(
        name: str,
        frame: str = "high_penalty",
        item: str = SUM,
        track: str = "arithmetic",
        wording: str = "readme",
        reasoning: Any = "scratchpad",
        interview: str = "",
        **arguments: Any,
    ) -> ModelOutput:
        messages = _messages(frame, item, track, wording, "contrast", reasoning)
        if interview:
            messages += [ChatMessageAssistant(content="Done."), ChatMessageUser(content=interview)]
        model = Organism(name, **arguments)
        return asyncio.run(model.generate(messages, [], "auto", GenerateConfig()))

    return build
