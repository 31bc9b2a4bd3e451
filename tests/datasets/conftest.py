"""Samples as a model is shown them, and how alike two texts are."""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

import pytest
from inspect_ai.model import ModelName
from inspect_ai.solver import TaskState
from inspect_ai.tool import ToolDef, ToolInfo

from unmask.protocol.alignment_faking.preference_items import KINDS
from unmask.protocol.assignment import assign_wordings, schedule
from unmask.protocol.design import Reasoning
from unmask.protocol.families import load_items
from unmask.protocol.files import DATA
from unmask.protocol.frames import Frame, frame_set
from unmask.protocol.samples import make_samples
from unmask.protocol.tracks import tracks
from unmask.solvers.framing import place_in_frame


class Shown(NamedTuple):
    """One sample of the default deal, framed."""

    name: str
    frame: Frame
    wording: str
    state: TaskState

    @property
    def tools(self) -> list[ToolInfo]:
        """The tools as a model is offered them."""
        return [ToolInfo(name=tool.name, description=tool.description) for tool in map(ToolDef, self.state.tools)]


async def _generate(state: TaskState, **_: object) -> TaskState:
    return state


async def _framed(track: str, name: str, reasoning: Reasoning, limit: int | None = None) -> list[Shown]:
    layout, chosen = tracks("alignment_faking").tracks[track], frame_set(name, track, "alignment_faking")
    items = schedule(load_items(DATA / "alignment_faking" / layout.items, KINDS[layout.kind]), 0)[:limit]
    by_name, solve = {frame.name: frame for frame in chosen.frames}, place_in_frame(name, reasoning)
    shown = []
    for sample in make_samples(
        assign_wordings(items, list(chosen.wordings), 0),
        chosen,
        threat="alignment_faking",
        track=track,
        template=layout.item,
    ):
        meta = dict(sample.metadata or {})
        state = TaskState(ModelName("none/none"), str(sample.id), 1, sample.input, [], metadata=meta)
        framed = await solve(state, _generate)
        shown.append(Shown(str(sample.id), by_name[meta["frame"]], meta["wording"], framed))
    return shown


@pytest.fixture(scope="session")
def framed() -> Callable[..., list[Shown]]:
    """Frame the default deal of a track in a set of frames, for all items or the first few of the schedule."""
    return lambda *run, limit=None: asyncio.run(_framed(*run, limit))


def _alike(one: set[object], other: set[object]) -> float:
    return len(one & other) / len(one | other)


def _trigrams(text: str) -> set[object]:
    words = re.findall(r"[a-z']+", text.lower())
    return set(zip(words, words[1:], words[2:], strict=False))


def _content(text: str) -> set[object]:
    """Words of five letters and more: those that function words are too short for."""
    return set(re.findall(r"[a-z]{5,}", text.lower()))


def _likeness(texts: Mapping[str, str]) -> Iterator[tuple[str, str, float, float]]:
    phrases = {name: _trigrams(text) for name, text in texts.items()}
    words = {name: _content(text) for name, text in texts.items()}
    for a, b in combinations(texts, 2):
        yield a, b, _alike(phrases[a], phrases[b]), _alike(words[a], words[b])


@pytest.fixture(scope="session")
def likeness() -> Callable[[Mapping[str, str]], Iterator[tuple[str, str, float, float]]]:
    """Every pair of named texts with the Jaccard index of its three-word phrases and of its content words."""
    return _likeness
