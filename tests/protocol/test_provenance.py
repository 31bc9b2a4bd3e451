"""Provenance: what a log carries about the experiment that it holds."""

import hashlib
import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from unmask.protocol.files import DATA, canary
from unmask.protocol.frames import frame_set
from unmask.protocol.provenance import provenance

Write = Callable[[Any], Path]
THREAT = DATA / "alignment_faking"


def of(track: str, frames: str, *files: Path, **more: Any) -> dict[str, Any]:
    return provenance("alignment_faking", track, frame_set(frames, track, "alignment_faking"), files, **more)


def test_hashes_are_those_of_the_files_bytes() -> None:
    given = sorted((THREAT / "helpful_only").glob("*.yaml"))
    hashes = of("helpful_only", "contrast", *given)["files"]
    shared = [
        *THREAT.glob("*.yaml"),
        *THREAT.glob("rubrics/*.yaml"),
        *DATA.glob("rubrics/*.yaml"),
        *DATA.glob("interviews/*.yaml"),
    ]
    assert {THREAT / "declared.yaml", THREAT / "tracks.yaml"} <= set(shared)
    expected = [*given, THREAT / "frames" / "tiers.yaml", *shared]
    assert hashes == {
        path.relative_to(DATA.parent).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in expected
    }


def test_a_frames_file_of_ones_own_is_hashed_under_its_path(write: Write, own: dict[str, Any]) -> None:
    path = write(own)
    found = of("helpful_only", str(path))
    assert found["files"][str(path)] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found["frames"] == "mine"


@pytest.mark.parametrize(
    ("track", "frames", "treatment", "control", "placebo"),
    [
        ("helpful_only", "contrast", ["free"], ["pro"], ["free_copy", "pro_copy"]),
        ("helpful_only", "published", ["free"], ["enterprise"], ["free_cut", "enterprise_cut"]),
        ("tool_choice", "tiers", ["free"], ["pro"], ["free_copy", "pro_copy", "enterprise_copy"]),
        ("synthetic_documents", "contrast", ["free"], ["enterprise"], ["free_placebo", "enterprise_placebo"]),
        ("value_conflict", "oversight", ["p100"], ["p0"], ["p0_copy", "p100_copy"]),
        ("tool_choice", "probes", ["monitored"], ["rated"], ["monitored_copy", "rated_copy"]),
    ],
)
def test_the_declared_contrast_names_its_arms_and_its_placebo(
    track: str, frames: str, treatment: list[str], control: list[str], placebo: list[str]
) -> None:
    contrast = of(track, frames)["contrast"]
    assert (contrast["treatment"], contrast["control"], contrast["placebo"]) == (treatment, control, placebo)


def test_the_frames_in_which_nothing_hangs_on_the_behaviour_are_recorded() -> None:
    sandbagging = provenance("sandbagging", "arithmetic", frame_set("contrast", "arithmetic", "sandbagging"), [])
    assert sandbagging["contrast"]["neutral"] == ["irrelevant_high", "irrelevant_low"]
    assert of("helpful_only", "contrast")["contrast"]["neutral"] == []


def test_direction_smallest_effect_and_alpha_are_the_threats_own() -> None:
    declared = yaml.safe_load((THREAT / "declared.yaml").read_text(encoding="utf-8"))
    contrast = of("helpful_only", "contrast")["contrast"]
    for key in ("direction", "smallest_effect", "alpha"):
        assert contrast[key] == declared[key]


def test_suite_version_canary_and_place_are_recorded() -> None:
    found = of("value_conflict", "ladder")
    expected = {
        "suite": "unmask",
        "suite_version": version("unmask"),
        "canary": canary(),
        "threat": "alignment_faking",
        "track": "value_conflict",
        "frames": "ladder",
    }
    assert {key: found[key] for key in expected} == expected


def test_what_a_task_adds_is_kept_and_all_of_it_fits_into_json() -> None:
    found = of("helpful_only", "contrast", seed=7, reasoning="native")
    assert json.loads(json.dumps(found)) == found
    assert (found["seed"], found["reasoning"]) == (7, "native")
