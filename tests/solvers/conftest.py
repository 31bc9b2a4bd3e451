"""A few bundled items in all their wordings and frames, and the framing solver at work on one of them."""

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelName
from inspect_ai.solver import TaskState

from tests.solvers.tiny_llama import saved_llama
from unmask.protocol.alignment_faking.preference_items import KINDS
from unmask.protocol.assignment import assign_wordings, schedule
from unmask.protocol.families import load_items
from unmask.protocol.files import DATA
from unmask.protocol.frames import frame_set
from unmask.protocol.samples import make_samples
from unmask.protocol.tracks import tracks
from unmask.solvers.framing import place_in_frame


@cache
def _designed(track: str, frames: str, items: int = 4) -> tuple[Sample, ...]:
    layout, chosen = tracks("alignment_faking").tracks[track], frame_set(frames, track, "alignment_faking")
    few = schedule(load_items(DATA / "alignment_faking" / layout.items, KINDS[layout.kind]), seed=0)[:items]
    dealt = assign_wordings(few, list(chosen.wordings), seed=0, crossed=True)
    return tuple(make_samples(dealt, chosen, threat="alignment_faking", track=track, template=layout.item))


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a random Llama of a few thousand weights, for all tests of real weights."""
    return saved_llama(tmp_path_factory.mktemp("llama"))


@pytest.fixture
def designed() -> Callable[..., tuple[Sample, ...]]:
    """Samples of a few items of a track in all wordings and frames of a set."""
    return _designed


@pytest.fixture
def place() -> Callable[..., TaskState]:
    """The state of a sample after `placed`, before anything is generated."""

    async def generate(state: TaskState, **_: object) -> TaskState:
        return state

    def run(sample: Sample, frames: str, reasoning: str = "scratchpad") -> TaskState:
        state = TaskState(
            ModelName("mockllm/model"), str(sample.id), 1, sample.input, [], metadata=dict(sample.metadata or {})
        )
        return asyncio.run(place_in_frame(frames, reasoning)(state, generate))

    return run


@pytest.fixture(scope="session")
def docker() -> str:
    """The name of Inspect's sandbox in a container, where there is docker."""
    if shutil.which("docker") and not subprocess.run(["docker", "info"], check=False, capture_output=True).returncode:
        return "docker"
    pytest.skip("there is no docker here")
