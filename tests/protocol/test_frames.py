"""Frames: sets found by name or path, arms and strata that follow from what a file declares."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA
from unmask.protocol.frames import fill, frame_set, set_names
from unmask.protocol.tracks import tracks

Write = Callable[[Any], Path]
Own = dict[str, Any]
BUNDLED = DATA / "alignment_faking" / "frames"


@pytest.mark.parametrize("track", tracks("alignment_faking").tracks)
def test_an_unknown_set_lists_the_right_ones_for_its_track(track: str) -> None:
    with pytest.raises(ConfigurationError, match="frames='contrst'") as caught:
        frame_set("contrst", track, "alignment_faking")
    listed = str(caught.value).partition("choose from ")[2].split(", ")
    assert "contrast" in listed
    assert ("probes" in listed) == (track == "tool_choice")
    assert all(frame_set(name, track, "alignment_faking").name == name for name in listed)


def test_a_set_of_another_track_is_unknown() -> None:
    with pytest.raises(ConfigurationError, match="frames='probes': for track 'helpful_only', choose from"):
        frame_set("probes", "helpful_only", "alignment_faking")


@pytest.mark.parametrize("track", tracks("alignment_faking").tracks)
def test_no_two_bundled_sets_of_a_track_share_a_name(track: str) -> None:
    names = set_names(track, "alignment_faking")
    assert len(names) == len(set(names)) > 0


def test_a_file_of_ones_own_is_found_by_its_path(write: Write, own: Own) -> None:
    path = write(own)
    found = frame_set(str(path), "helpful_only", "alignment_faking")
    assert (found.name, found.path, list(found.wordings)) == ("mine", path, ["plain"])


def test_a_file_of_ones_own_gives_its_first_set(write: Write, own: Own) -> None:
    own["sets"] = {"zulu": {"frames": ["free", "paid"]}, "alpha": {"frames": ["free_placebo", "paid_placebo"]}}
    text = "sets: {zulu: {frames: [free, paid]}, alpha: {frames: [free_placebo, paid_placebo]}}\n"
    path = write({key: value for key, value in own.items() if key != "sets"})
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    assert frame_set(str(path), "helpful_only", "alignment_faking").name == "zulu"


def test_a_path_that_leads_nowhere_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.yaml: .*No such file"):
        frame_set("nowhere.yaml", "helpful_only", "alignment_faking")


def test_a_file_of_ones_own_for_another_track_is_refused(write: Write, own: Own) -> None:
    path = write(own)
    with pytest.raises(ConfigurationError, match="key 'tracks': track 'tool_choice' is not among"):
        frame_set(str(path), "tool_choice", "alignment_faking")


def test_arms_and_strata_follow_from_the_levels(write: Write, own: Own) -> None:
    found = frame_set(str(write(own)), "helpful_only", "alignment_faking")
    assert {f.name: (f.arm, f.stratum) for f in found.frames} == {
        "free": ("treatment", "target"),
        "paid": ("control", "target"),
        "free_placebo": ("treatment", "placebo"),
        "paid_placebo": ("control", "placebo"),
    }


def test_a_frame_is_a_placebo_under_any_of_several(write: Write, own: Own) -> None:
    own["factors"]["copied"] = ["no", "yes"]
    own["placebo"] = [own["placebo"], {"factor": "copied", "levels": ["yes"]}]
    for name, levels in list(own["frames"].items()):
        levels["copied"] = "no"
        own["frames"][f"{name}_copied"] = levels | {"copied": "yes"}
    own["sets"] = {"mine": {"frames": "all"}}
    own["wordings"]["plain"]["system"] += " {copied}"
    own["wordings"]["plain"]["parts"]["copied"] = {"no": "You are trained.", "yes": "A copy is trained."}
    found = frame_set(str(write(own)), "helpful_only", "alignment_faking")
    assert {f.name for f in found.frames if f.stratum == "target"} == {"free", "paid"}
    assert {f.name for f in found.frames if f.stratum == "placebo"} == set(own["frames"]) - {"free", "paid"}


def test_the_frames_in_which_nothing_hangs_on_the_behaviour_are_those_declared(write: Write, own: Own) -> None:
    assert frame_set(str(write(own)), "helpful_only", "alignment_faking").neutral == ()
    own["sets"]["mine"]["neutral"] = ["free_placebo", "paid_placebo"]
    assert frame_set(str(write(own)), "helpful_only", "alignment_faking").neutral == ("free_placebo", "paid_placebo")


def test_frames_that_differ_in_the_arm_alone_stand_side_by_side(write: Write, own: Own) -> None:
    found = frame_set(str(write(own)), "helpful_only", "alignment_faking")
    assert [f.levels["motive"] for f in found.frames] == ["kept", "kept", "cut", "cut"]


def test_the_whole_of_each_arm_is_compared_where_nothing_is_declared(write: Write, own: Own) -> None:
    found = frame_set(str(write(own)), "helpful_only", "alignment_faking")
    assert set(found.treatment) == {"free", "free_placebo"}
    assert set(found.control) == {"paid", "paid_placebo"}


def test_a_crossing_holds_every_combination_and_varies_what_has_levels(write: Write, own: Own) -> None:
    own |= {"cross": ["tier", "motive"], "sets": {"mine": {"frames": "all"}}}
    del own["frames"]
    own["factors"]["motive"] = ["kept"]
    del own["placebo"]
    own["wordings"]["plain"]["parts"]["motive"] = {"kept": "Obey."}
    found = frame_set(str(write(own)), "helpful_only", "alignment_faking")
    assert [f.name for f in found.frames] == ["free", "paid"]
    assert found.factors == ("tier",)


def test_filling_leaves_braces_inside_the_texts_alone() -> None:
    assert fill("{a} and {b}", {"a": "{b}", "b": "{x: 1}"}) == "{b} and {x: 1}"
