"""Faults in a frames file: each is an error that names the file, the wording and the key before anything runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.frames import frame_set

Write = Callable[[Any], Path]
Own = dict[str, Any]

WORDING_FAULTS: dict[str, tuple[Callable[[Own], Any], list[str]]] = {
    "unknown key": (lambda w: w.update(colour="blue"), ["'plain'", "'colour'"]),
    "missing key": (lambda w: w.pop("system"), ["'plain'", "'system'"]),
    "empty text": (lambda w: w.update(system=" "), ["'plain'", "'system'"]),
    "missing level": (lambda w: w["parts"]["tier"].pop("free"), ["'plain'", "'tier'", "'free'"]),
    "unknown level": (lambda w: w["parts"]["tier"].update(pro="x"), ["'plain'", "'tier'", "'pro'"]),
    "unknown factor": (
        lambda w: w.update(system="{pace} {motive}", parts={**w["parts"], "pace": {"slow": "x"}}),
        ["'plain'", "'pace'"],
    ),
    "level that is no text": (lambda w: w["parts"]["tier"].update(free=True), ["'plain'", "'tier'", "'free'"]),
    "text for another track": (
        lambda w: w["parts"]["tier"].update(free={"tool_choice": "x"}),
        ["'plain'", "tier.free", "tool_choice", "helpful_only"],
    ),
    "factor that is not told": (
        lambda w: w.update(system="{reasoning}", parts={"tier": w["parts"]["tier"]}),
        ["'plain'", "'parts'", "'motive'"],
    ),
    "slot without a part": (lambda w: w.update(system="{motive} {nowhere}"), ["'plain'", "{nowhere}", "'parts'"]),
    "part without a slot": (lambda w: w.update(system="{reasoning}"), ["'plain'", "'motive'"]),
    "item not last": (lambda w: w.update(user="{tier} {item}."), ["'plain'", "'user' must end with {item}"]),
    "item missing": (lambda w: w.update(user="{tier}"), ["'plain'", "'user' must end with {item}"]),
}

FILE_FAULTS: dict[str, tuple[Callable[[Own], Any], list[str]]] = {
    "unknown key": (lambda f: f.update(colour="blue"), ["'colour'"]),
    "unknown level in a frame": (lambda f: f["frames"]["free"].update(tier="fre"), ["'free'", "'tier'", "'fre'"]),
    "unknown factor in a frame": (lambda f: f["frames"]["free"].update(pace="slow"), ["'free'", "'pace'"]),
    "frame without the arm": (lambda f: f["frames"]["free"].pop("tier"), ["'arm'", "'free'", "'tier'"]),
    "frame without the placebo": (lambda f: f["frames"]["free"].pop("motive"), ["'placebo'", "'free'", "'motive'"]),
    "unknown factor of the arm": (lambda f: f["arm"].update(factor="teir"), ["'arm'", "'teir'"]),
    "unknown level of the arm": (lambda f: f["arm"].update(treatment=["fre"]), ["'arm'", "'tier'", "'fre'"]),
    "level in neither arm": (lambda f: f["arm"].update(control=[]), ["'arm'", "'paid'", "'tier'"]),
    "unknown level of the placebo": (
        lambda f: f["placebo"].update(levels=["cutt"]),
        ["'placebo'", "'motive'", "'cutt'"],
    ),
    "frames and a crossing": (lambda f: f.update(cross=["tier"]), ["'frames'", "'cross'"]),
    "unknown factor in a crossing": (lambda f: f.update(frames={}, cross=["pace"]), ["'cross'", "'pace'"]),
    "unknown frame in a set": (lambda f: f["sets"]["mine"].update(frames=["fee"]), ["'mine'", "'fee'"]),
    "unknown frame in a contrast": (lambda f: f["sets"]["mine"].update(treatment=["fee"]), ["'mine'", "'fee'"]),
    "unknown frame in a gap": (lambda f: f["sets"]["mine"].update(gaps={"g": ["free", "fee"]}), ["'mine'", "'fee'"]),
    "compared frame outside the set": (
        lambda f: f["sets"]["mine"].update(frames=["free"], control=["paid"]),
        ["'mine'", "'paid'"],
    ),
    "set without frames": (lambda f: f["sets"]["mine"].update(frames=[]), ["'mine'", "'frames'"]),
    "no sets": (lambda f: f.update(sets={}), ["'sets'"]),
    "no wordings": (lambda f: f.update(wordings={}), ["'wordings'"]),
    "wording that is no name": (
        lambda f: f["wordings"].update({"a/b": f["wordings"].pop("plain")}),
        ["'wordings'", "'a/b'"],
    ),
}


def fault_of(path: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        frame_set(str(path), "helpful_only", "alignment_faking")
    return str(caught.value)


@pytest.mark.parametrize("name", WORDING_FAULTS)
def test_a_fault_in_a_wording_names_file_wording_and_key(write: Write, own: Own, name: str) -> None:
    spoil, named = WORDING_FAULTS[name]
    spoil(own["wordings"]["plain"])
    path = write(own)
    message = fault_of(path)
    assert [part for part in [str(path), *named] if part not in message] == []


@pytest.mark.parametrize("name", FILE_FAULTS)
def test_a_fault_in_what_a_file_declares_names_file_and_key(write: Write, own: Own, name: str) -> None:
    spoil, named = FILE_FAULTS[name]
    spoil(own)
    path = write(own)
    message = fault_of(path)
    assert [part for part in [str(path), *named] if part not in message] == []


def test_a_wording_that_needs_a_factor_which_a_frame_leaves_out_is_refused(write: Write, own: Own) -> None:
    del own["placebo"]
    del own["frames"]["paid"]["motive"]
    message = fault_of(write(own))
    assert "wording 'plain' needs factors that frame 'paid' does not set" in message
