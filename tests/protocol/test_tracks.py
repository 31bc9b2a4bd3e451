"""Tracks: the two messages of a sample, and arguments that are checked before anything runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from unmask.protocol.design import Reasoning
from unmask.protocol.errors import ConfigurationError, at_least, one_of
from unmask.protocol.frames import frame_set
from unmask.protocol.tracks import render_prompt, tracks

Write = Callable[[Any], Path]


def test_a_level_can_be_told_in_other_words_for_each_track(write: Write, own: dict[str, Any]) -> None:
    own["tracks"] = ["helpful_only", "tool_choice"]
    own["wordings"]["plain"]["parts"]["motive"]["kept"] = {"helpful_only": "Do as asked.", "tool_choice": "Call it."}
    path = str(write(own))
    for track, told in (("helpful_only", "Do as asked."), ("tool_choice", "Call it.")):
        chosen = frame_set(path, track, "alignment_faking")
        layout = render_prompt(
            tracks("alignment_faking"), track, "native", chosen.wordings["plain"], chosen.frames[0], "the item"
        )
        assert told in layout.system
        assert layout.user == "This is trained on.\n\nthe item"


@pytest.mark.parametrize("reasoning", get_args(Reasoning))
def test_the_reasoning_channel_brings_its_instruction_and_its_form_of_an_answer(
    write: Write, own: dict[str, Any], reasoning: Reasoning
) -> None:
    chosen = frame_set(str(write(own)), "helpful_only", "alignment_faking")
    system = render_prompt(
        tracks("alignment_faking"), "helpful_only", reasoning, chosen.wordings["plain"], chosen.frames[0], "the item"
    ).system
    table = tracks("alignment_faking")
    expected = f"{table.reasoning[reasoning]} Obey. {table.tracks['helpful_only'].format[reasoning]}"
    assert system == expected
    assert ("<scratchpad>" in system) == (reasoning == "scratchpad")


def test_braces_in_an_item_are_left_as_they_are(write: Write, own: dict[str, Any]) -> None:
    chosen = frame_set(str(write(own)), "helpful_only", "alignment_faking")
    layout = render_prompt(
        tracks("alignment_faking"),
        "helpful_only",
        "none",
        chosen.wordings["plain"],
        chosen.frames[0],
        "print {tier} {x}",
    )
    assert layout.user.endswith("print {tier} {x}")


@pytest.mark.parametrize(("subject", "named"), [("nuclear physics", "nuclear physics"), (None, "arithmetic")])
def test_a_wording_and_its_parts_speak_of_the_items_subject_or_of_the_tracks(
    write: Write, own: dict[str, Any], subject: str | None, named: str
) -> None:
    own["tracks"] = ["arithmetic"]
    own["wordings"]["plain"]["system"] = "On {subject}. {reasoning} {motive} {format}"
    own["wordings"]["plain"]["parts"]["motive"]["kept"] = "Lose all knowledge of {subject}."
    chosen = frame_set(str(write(own)), "arithmetic", "sandbagging")
    for item in ("the item", "what is a {subject}?"):
        layout = render_prompt(
            tracks("sandbagging"), "arithmetic", "none", chosen.wordings["plain"], chosen.frames[0], item, subject
        )
        assert layout.system.startswith(f"On {named}. ")
        assert f"Lose all knowledge of {named}." in layout.system
        assert layout.user.endswith(item)


def test_a_track_is_told_in_the_texts_of_another_where_it_says_so() -> None:
    table = tracks("sandbagging")
    assert {track: table.told(track) for track in table.tracks} == {
        "arithmetic": "arithmetic",
        "arithmetic_choice": "arithmetic",
        "problems": "arithmetic",
        "problems_choice": "arithmetic",
        "small_language": "small_language",
        "questions": "questions",
    }


def test_an_argument_outside_its_choices_lists_the_right_ones() -> None:
    with pytest.raises(ConfigurationError, match="track='helpful': choose from a, b"):
        one_of("track", "helpful", ["a", "b"])


@pytest.mark.parametrize("value", [0, -3])
def test_a_number_below_its_bound_is_refused_by_name(value: int) -> None:
    with pytest.raises(ConfigurationError, match=f"limit_items={value}: must be at least 1"):
        at_least("limit_items", value, 1)


@pytest.mark.parametrize("value", [1, None])
def test_a_number_at_its_bound_or_left_out_is_taken(value: int | None) -> None:
    at_least("limit_items", value, 1)
