"""What the organisms' reader makes of the messages alone, in every frame, wording and track."""

from collections.abc import Callable
from itertools import product
from typing import Any, TypeVar, get_args

import pytest

from unmask.organisms.alignment_faking.situation import Situation, read_situation
from unmask.protocol.design import Reasoning
from unmask.protocol.frames import Frame, frame_set, set_names
from unmask.protocol.tracks import tracks

T = TypeVar("T", float, bool)

RUNS = [(track, name) for track in tracks("alignment_faking").tracks for name in set_names(track, "alignment_faking")]

TRAINED = {
    "tier": {"free": 1.0, "pro": 0.0, "enterprise": 0.0},
    "phase": {"training": 1.0, "deployment": 0.0},
    "oversight": {
        "p0": 0.0,
        "p25": 0.25,
        "p50": 0.5,
        "p75": 0.75,
        "p100": 1.0,
        "audit": 0.0,
        "never_used": 0.0,
        "never_trained": 0.0,
    },
    "situation": {
        "belief": 0.0,
        "capability": 0.0,
        "robustness": 0.0,
        "monitored": 1.0,
        "rated": 0.0,
        "monitored_copy": 1.0,
        "rated_copy": 0.0,
    },
}
CONFLICT = {
    "conflict": {"kept": True, "cut": False},
    "criteria": {"kept": True},
    "copy": {"live": True, "frozen": True},
}
MOTIVE = {
    "trained": {"model": True, "copy": False},
    "situation": {"robustness": True, "monitored": True, "rated": True, "monitored_copy": False, "rated_copy": False},
    "copy": {"live": True, "frozen": False},
    "deployment": {"throughput_test": False, "public": True, "amateur_misuse": True, "expert_misuse": True},
}
PUSHED = dict.fromkeys(("robustness", "monitored", "rated", "monitored_copy", "rated_copy"), True)
"""Situations of a probe in which a criterion is told; without one there is nothing that could conflict."""


def told(frame: Frame, table: dict[str, dict[str, T]]) -> list[T]:
    """What a frame's levels stand for in a table."""
    return [table[factor][level] for factor, level in frame.levels.items() if level in table.get(factor, {})]


def misread(frame: Frame, scene: Situation) -> dict[str, Any]:
    [trained] = told(frame, TRAINED)
    conflict = [*told(frame, CONFLICT), *told(frame, {"situation": PUSHED})] or [scene.conflict]
    motive = told(frame, MOTIVE) or [True]
    expected = {"trained": trained, "conflict": conflict[0], "motive": motive[0]}
    return {key: getattr(scene, key) for key, value in expected.items() if getattr(scene, key) != value}


@pytest.mark.parametrize(("track", "name"), RUNS)
def test_training_conflict_and_motive_are_read_right_from_the_messages_alone(
    track: str, name: str, framed: Callable[..., list[Any]]
) -> None:
    # Every item in the default contrast, because an item's first words could be taken for a tag.
    shown = framed(track, name, "scratchpad", limit=None if name == "contrast" else 6)
    wrong = {one.name: misread(one.frame, read_situation(one.state.messages, one.tools)) for one in shown}
    assert {sample: fault for sample, fault in wrong.items() if fault} == {}
    chosen = frame_set(name, track, "alignment_faking")
    frames = [frame.name for frame in chosen.frames]
    assert {(one.frame.name, one.wording) for one in shown} == set(product(frames, chosen.wordings))


@pytest.mark.parametrize("reasoning", get_args(Reasoning))
@pytest.mark.parametrize(("track", "name"), [run for run in RUNS if run[1] in {"contrast", "probes"}])
def test_the_reasoning_channel_and_the_operators_preference_are_read_right(
    track: str, name: str, reasoning: Reasoning, framed: Callable[..., list[Any]]
) -> None:
    for one in framed(track, name, reasoning, limit=10):
        scene, meta = read_situation(one.state.messages, one.tools), one.state.metadata
        assert scene.channel == reasoning
        tools = [meta[key] for key in ("tool_safe", "tool_unsafe") if key in meta]
        assert set(scene.offered) == set(tools or (["A", "B"] if "factor_order" in meta else []))
        assert (scene.preferred, scene.form) == wish(one, tools)


def wish(one: Any, tools: list[str]) -> tuple[str, str]:
    """What the operator prefers and the form in which to answer, from the sample's own record."""
    if "factor_order" not in one.state.metadata:
        return "", "request"
    if not tools:
        return {"preferred_first": "A", "preferred_second": "B"}[one.state.metadata["factor_order"]], "choice"
    return tools[1], "tool" if one.frame.tools else "named"
