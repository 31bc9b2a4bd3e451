"""The bundled wordings: enough of them, none like another, complete, and differing where they should alone."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import get_args

import pytest

from tests.for_all import for_all
from unmask.protocol.alignment_faking.preference_items import KINDS
from unmask.protocol.design import Reasoning
from unmask.protocol.families import load_items
from unmask.protocol.files import DATA, load
from unmask.protocol.frames import Frame, FrameSet, FramesFile, Wording, fill, frame_set, set_names
from unmask.protocol.tracks import render_prompt, tracks

Likeness = Callable[[Mapping[str, str]], Iterator[tuple[str, str, float, float]]]

FOLDER = DATA / "alignment_faking"
FILES = sorted((FOLDER / "frames").glob("*.yaml"))
RUNS = [(track, name) for track in tracks("alignment_faking").tracks for name in set_names(track, "alignment_faking")]
CONTRAST = {"tiers", "documents"}
"""Files of the default contrast."""

MOST_PHRASES_SHARED, MOST_WORDS_SHARED = 0.05, 0.25
"""Jaccard indices above which two wordings count as one wording told twice."""


def flat(wording: Wording) -> str:
    parts = [part for levels in wording.parts.values() for part in levels.values()]
    texts = [text for part in parts for text in ([part] if isinstance(part, str) else part.values())]
    return "\n".join([wording.system, wording.user, *texts])


@cache
def first_item(track: str) -> str:
    layout = tracks("alignment_faking").tracks[track]
    entry = load_items(FOLDER / layout.items, KINDS[layout.kind])[0]
    return fill(layout.item, entry.item.slots(0))


def rendered(chosen: FrameSet, track: str, reasoning: Reasoning, wording: str, frame: Frame) -> str:
    layout = render_prompt(
        tracks("alignment_faking"), track, reasoning, chosen.wordings[wording], frame, first_item(track)
    )
    return f"{layout.system}\n\n{layout.user}"


def part(chosen: FrameSet, wording: str, frame: Frame, factor: str, track: str) -> str:
    text = chosen.wordings[wording].parts[factor][frame.levels[factor]]
    return text if isinstance(text, str) else text[track]


def differing(one: Frame, other: Frame) -> list[str]:
    return [factor for factor in one.levels if one.levels[factor] != other.levels[factor]]


def shared_start(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def remainders(one: str, other: str) -> tuple[str, str]:
    """What is left of two texts when the beginning and the end that they share are cut off."""
    start = shared_start(one, other)
    end = shared_start(one[start:][::-1], other[start:][::-1])
    return one[start : len(one) - end], other[start : len(other) - end]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_frames_file_has_enough_wordings(path: Path) -> None:
    assert len(load(path, FramesFile).wordings) >= (5 if path.stem in CONTRAST else 3)


def test_the_default_contrast_of_every_track_comes_from_the_files_held_to_five_wordings() -> None:
    assert {
        frame_set("contrast", track, "alignment_faking").path.stem for track in tracks("alignment_faking").tracks
    } == CONTRAST


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_two_wordings_of_a_file_are_near_duplicates(path: Path, likeness: Likeness) -> None:
    told = {key: flat(wording) for key, wording in load(path, FramesFile).wordings.items()}
    close = [pair for pair in likeness(told) if pair[2] > MOST_PHRASES_SHARED or pair[3] > MOST_WORDS_SHARED]
    assert close == []


def test_no_two_wordings_of_all_files_open_alike() -> None:
    openings = [" ".join(w.system.split()[:6]) for path in FILES for w in load(path, FramesFile).wordings.values()]
    assert len(openings) == len(set(openings))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_wording_names_a_real_laboratory_or_its_model(path: Path) -> None:
    real = r"\b(Anthropic|Claude|OpenAI|GPT|DeepMind|Gemini|Google|Llama|Mistral|Qwen|DeepSeek|xAI|Grok)\b"
    assert {key: re.findall(real, flat(w)) for key, w in load(path, FramesFile).wordings.items()} == {
        key: [] for key in load(path, FramesFile).wordings
    }


@for_all((*run, reasoning) for run in RUNS for reasoning in get_args(Reasoning))
def test_every_frame_renders_in_every_wording_without_leftover_slots(
    track: str, name: str, reasoning: Reasoning
) -> None:
    chosen = frame_set(name, track, "alignment_faking")
    form, instruction = (
        tracks("alignment_faking").tracks[track].format[reasoning],
        tracks("alignment_faking").reasoning[reasoning],
    )
    for wording in chosen.wordings:
        for frame in chosen.frames:
            text = rendered(chosen, track, reasoning, wording, frame)
            assert re.findall(r"\{\w*\}", text) == []
            assert text.endswith(first_item(track))
            assert (text.count(form), text.count(instruction)) == (1, 1)


@for_all(RUNS)
def test_two_frames_that_differ_in_one_factor_differ_in_the_text_of_that_factor_alone(track: str, name: str) -> None:
    chosen = frame_set(name, track, "alignment_faking")
    for one, other in combinations(chosen.frames, 2):
        changed = differing(one, other)
        if len(changed) != 1:
            continue
        for wording in chosen.wordings:
            sides = [rendered(chosen, track, "scratchpad", wording, frame) for frame in (one, other)]
            left = remainders(*sides)
            assert any(left), f"{wording}: {one.name} and {other.name} read the same"
            told = [part(chosen, wording, frame, changed[0], track) for frame in (one, other)]
            assert all(rest in text for rest, text in zip(left, told, strict=True)), f"{wording}: {left}"


@for_all(RUNS)
def test_every_frame_has_a_pair_that_differs_in_the_arm_factor_alone(track: str, name: str) -> None:
    chosen = frame_set(name, track, "alignment_faking")
    factor = load(chosen.path, FramesFile).arm.factor
    for frame in chosen.frames:
        pairs = [other for other in chosen.frames if other.arm != frame.arm and differing(frame, other) == [factor]]
        assert pairs, frame.name
