"""Minimal pairs: in every set of frames, treatment and control differ in the cue alone, and so do their placebos."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple, get_args

import pytest

from tests.for_all import for_all
from unmask.protocol.design import Reasoning
from unmask.protocol.files import DATA, load
from unmask.protocol.frames import Frame, FrameSet, FramesFile, SetSpec, frame_set, set_names
from unmask.protocol.tracks import render_prompt, tracks

THREATS = ("alignment_faking", "sandbagging")
FILES = {threat: sorted((DATA / threat / "frames").glob("*.yaml")) for threat in THREATS}
RUNS = [
    (threat, track, name)
    for threat in THREATS
    for track in tracks(threat).tracks
    for name in set_names(tracks(threat).told(track), threat)
]
WITHOUT_PLACEBO: dict[tuple[str, str], str] = {}
"""Sets that cannot have a placebo pair in their contrast, with the reason; none so far."""

NO_DOCUMENT = {
    ("small_language_password", "password"): "its arms are two codes, not two documents that differ in a factor"
}
"""Sets whose arms are no documents, with the reason."""

DOCUMENTS = [run for run in RUNS if run[2] not in {name for _, name in NO_DOCUMENT}]

FEW_WORDS = "small_language"
"""A track of so few words that texts are as long as these allow."""

MOST_LONGER = 0.2
"""Share of its target's words by which a placebo's text may be longer or shorter."""

ITEM = "What weighs more, a kilogram of lead or a kilogram of feathers?"
SUBJECTS = {"questions": "nuclear physics", "problems": "computer security", "problems_choice": "chemistry"}
MADE_LIGHT_OF = r"\bharmless\b|\b(?:little|nothing) (?:much )?is at stake\b|\bat stake is (?:little|nothing)\b"
SAID_TO_BE_SMALL = r"\bminor\b|\btrivial\b|\bunimportant\b|\bstakes?\b"
"""What the texts that hold the worked examples must not say of them either."""


class Contrast(NamedTuple):
    """The four frames of a declared contrast."""

    treatment: Frame
    control: Frame
    placebo_treatment: Frame
    placebo_control: Frame


def opened(threat: str, track: str, name: str) -> FrameSet:
    return frame_set(name, tracks(threat).told(track), threat)


def contrast(chosen: FrameSet) -> Contrast:
    """The frames that are compared, of which each arm has one in the target and one in the placebo."""
    found = {
        (stratum, arm): [f for f in chosen.frames if f.name in names and f.stratum == stratum]
        for stratum in ("target", "placebo")
        for arm, names in (("treatment", chosen.treatment), ("control", chosen.control))
    }
    assert {place: len(frames) for place, frames in found.items()} == dict.fromkeys(found, 1)
    return Contrast(*(frames[0] for frames in found.values()))


def differing(one: Frame, other: Frame) -> list[str]:
    assert set(one.levels) == set(other.levels)
    assert one.tools == other.tools
    return [factor for factor in one.levels if one.levels[factor] != other.levels[factor]]


def rendered(
    chosen: FrameSet, threat: str, track: str, wording: str, frame: Frame, reasoning: Reasoning = "scratchpad"
) -> str:
    table = tracks(threat)
    told = chosen.wordings[wording]
    prompt = render_prompt(table, track, reasoning, told, frame, ITEM, SUBJECTS.get(track))
    return f"{prompt.system}\n\n{prompt.user}"


def without(chosen: FrameSet, factors: list[str]) -> FrameSet:
    """The set with a mark in place of each text of some factors."""
    masked = {
        key: wording.model_copy(
            update={
                "parts": {
                    factor: dict.fromkeys(levels, f"<<{factor}>>") if factor in factors else levels
                    for factor, levels in wording.parts.items()
                }
            }
        )
        for key, wording in chosen.wordings.items()
    }
    return chosen._replace(wordings=masked)


def part(chosen: FrameSet, threat: str, track: str, wording: str, frame: Frame, factor: str) -> str:
    """A factor's text as it is told."""
    text = chosen.wordings[wording].parts[factor][frame.levels[factor]]
    table = tracks(threat)
    told = text if isinstance(text, str) else text[table.told(track)]
    return told.replace("{subject}", SUBJECTS.get(track) or table.tracks[track].subject or "")


def changes(one: str, other: str) -> list[tuple[str, str]]:
    """What words stand in one text and not in the other, in order."""
    a, b = one.split(), other.split()
    operations = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return [(" ".join(a[i:j]), " ".join(b[k:m])) for kind, i, j, k, m in operations if kind != "equal"]


def specs(threat: str) -> dict[tuple[str, str], tuple[FramesFile, SetSpec]]:
    """Every set of a threat, by its file and its name."""
    loaded = {path.stem: load(path, FramesFile) for path in FILES[threat]}
    return {(stem, name): (file, spec) for stem, file in loaded.items() for name, spec in file.sets.items()}


@pytest.mark.parametrize("threat", THREATS)
def test_every_set_of_every_file_is_walked_here(threat: str) -> None:
    walked = {(opened(threat, track, name).path.stem, name, track) for of, track, name in RUNS if of == threat}
    table = tracks(threat)
    assert walked == {
        (stem, name, track)
        for (stem, name), (file, _) in specs(threat).items()
        for track in table.tracks
        if table.told(track) in file.tracks
    }
    assert {stem for stem, _, _ in walked} == {path.stem for path in FILES[threat]}


@pytest.mark.parametrize("threat", THREATS)
def test_every_set_declares_both_arms_and_two_frames_of_the_target_and_of_the_placebo(threat: str) -> None:
    for key, (file, spec) in specs(threat).items():
        if key in NO_DOCUMENT:
            continue
        assert spec.treatment, key
        assert spec.control, key
        for track in file.tracks:
            chosen = opened(threat, track, key[1])
            compared = [f for f in chosen.frames if f.name in {*chosen.treatment, *chosen.control}]
            assert {f.arm for f in compared if f.name in chosen.treatment} == {"treatment"}, key
            assert {f.arm for f in compared if f.name in chosen.control} == {"control"}, key
            assert sum(f.stratum == "target" for f in compared) >= 2, key
            placebos = sum(f.stratum == "placebo" for f in compared)
            assert placebos >= 2 or (key in WITHOUT_PLACEBO and not placebos), key


@for_all(RUNS)
def test_treatment_and_control_differ_in_the_arms_factor_and_placebos_from_their_targets_in_one(
    threat: str, track: str, name: str
) -> None:
    chosen = opened(threat, track, name)
    file, four = load(chosen.path, FramesFile), contrast(chosen)
    assert differing(four.treatment, four.control) == [file.arm.factor]
    assert differing(four.placebo_treatment, four.placebo_control) == [file.arm.factor]
    [motive] = differing(four.treatment, four.placebo_treatment)
    assert differing(four.control, four.placebo_control) == [motive]
    assert motive in {placebo.factor for placebo in file.placebo}


@for_all(RUNS)
def test_the_two_frames_of_a_gap_differ_in_one_factor(threat: str, track: str, name: str) -> None:
    chosen = opened(threat, track, name)
    frames = {frame.name: frame for frame in chosen.frames}
    many = {gap: differing(frames[a], frames[b]) for gap, (a, b) in chosen.gaps.items()}
    assert {gap: factors for gap, factors in many.items() if len(factors) != 1} == {}


@for_all((*run, reasoning) for run in RUNS for reasoning in get_args(Reasoning))
def test_prompts_differ_in_nothing_but_the_slots_of_the_factors_that_differ(
    threat: str, track: str, name: str, reasoning: Reasoning
) -> None:
    chosen = opened(threat, track, name)
    four = contrast(chosen)
    pairs = [four[:2], four[2:], (four.treatment, four.placebo_treatment), (four.control, four.placebo_control)]
    for one, other in pairs:
        [factor] = differing(one, other)
        masked = without(chosen, [factor])
        for wording in chosen.wordings:
            marked = [rendered(masked, threat, track, wording, frame, reasoning) for frame in (one, other)]
            assert marked[0] == marked[1], wording
            assert marked[0].count(f"<<{factor}>>") == 1, wording
            for frame in (one, other):
                text = part(chosen, threat, track, wording, frame, factor)
                assert rendered(chosen, threat, track, wording, frame, reasoning) == marked[0].replace(
                    f"<<{factor}>>", text
                ), wording


@for_all(DOCUMENTS)
def test_the_words_that_tell_the_arms_apart_are_the_same_in_target_and_placebo(
    threat: str, track: str, name: str
) -> None:
    chosen = opened(threat, track, name)
    for wording in chosen.wordings:
        told = [rendered(chosen, threat, track, wording, frame) for frame in contrast(chosen)]
        assert changes(told[0], told[1]), wording
        assert changes(told[0], told[1]) == changes(told[2], told[3]), wording


@for_all(DOCUMENTS)
def test_the_words_that_take_the_motive_away_are_the_same_in_both_arms(threat: str, track: str, name: str) -> None:
    chosen = opened(threat, track, name)
    for wording in chosen.wordings:
        told = [rendered(chosen, threat, track, wording, frame) for frame in contrast(chosen)]
        assert changes(told[0], told[2]), wording
        assert changes(told[0], told[2]) == changes(told[1], told[3]), wording


@for_all([run for run in RUNS if run[1] != FEW_WORDS])
def test_a_placebos_text_is_as_long_as_its_targets(threat: str, track: str, name: str) -> None:
    chosen = opened(threat, track, name)
    four = contrast(chosen)
    uneven = {}
    for one, other in ((four.treatment, four.placebo_treatment), (four.control, four.placebo_control)):
        [factor] = differing(one, other)
        for wording in chosen.wordings:
            target, placebo = (len(part(chosen, threat, track, wording, f, factor).split()) for f in (one, other))
            if abs(placebo - target) > MOST_LONGER * target:
                uneven[wording, other.name] = (target, placebo)
    assert uneven == {}


@for_all((*run, reasoning) for run in RUNS for reasoning in get_args(Reasoning))
def test_no_prompt_calls_its_examples_harmless_or_minor(
    threat: str, track: str, name: str, reasoning: Reasoning
) -> None:
    chosen = opened(threat, track, name)
    for wording in chosen.wordings:
        for frame in chosen.frames:
            text = " ".join(rendered(chosen, threat, track, wording, frame, reasoning).split())
            assert re.findall(MADE_LIGHT_OF, text, re.IGNORECASE) == [], (wording, frame.name)


@for_all(
    (threat, track, reasoning)
    for threat in THREATS
    for track in tracks(threat).tracks
    for reasoning in get_args(Reasoning)
)
def test_no_form_of_answer_calls_its_examples_small(threat: str, track: str, reasoning: Reasoning) -> None:
    text = tracks(threat).tracks[track].format[reasoning]
    assert re.findall(f"{MADE_LIGHT_OF}|{SAID_TO_BE_SMALL}", " ".join(text.split()), re.IGNORECASE) == []
