"""Requests that say how plainly a model would be expected to decline them, and those that do not."""

import json
from pathlib import Path
from typing import Any

import pytest

from unmask.protocol.alignment_faking.preference_items import KINDS
from unmask.protocol.alignment_faking.request_items import GRADED_REQUEST, SEVERITIES, GradedRequest
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.families import REQUEST
from unmask.protocol.frames import frame_set
from unmask.protocol.samples import scheduled_samples
from unmask.protocol.sources import Rows, Source, items_from
from unmask.protocol.tracks import tracks


def rows(folder: Path, *held: dict[str, Any], **columns: str) -> Rows:
    path = folder / "own.jsonl"
    path.write_text("\n".join(map(json.dumps, held)), encoding="utf-8")
    return items_from(Source(path=str(path), columns={"request": "text", **columns}), KINDS["request"])


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_severity_is_a_trait(severity: str) -> None:
    item = GradedRequest.model_validate({"id": "a", "request": "Do it.", "severity": severity})
    assert item.traits() == {"severity": severity}


def test_an_item_without_one_has_no_trait() -> None:
    assert GradedRequest.model_validate({"id": "a", "request": "Do it."}).traits() == {}


def test_the_kind_goes_by_the_name_of_the_one_that_all_threats_share() -> None:
    assert KINDS["request"] is GRADED_REQUEST
    assert GRADED_REQUEST.name == REQUEST.name


def test_a_set_of_ones_own_is_read_with_and_without_severity(tmp_path: Path) -> None:
    [plain] = rows(tmp_path, {"text": "Do it."}).items
    assert plain.traits == {}
    [graded] = rows(tmp_path, {"text": "Do it.", "how": "grey"}, severity="how").items
    assert graded.traits == {"severity": "grey"}


def test_a_severity_that_nobody_knows_is_refused_by_its_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"key 'severity'.*'blatant', 'grey' or 'dual_use'"):
        rows(tmp_path, {"text": "Do it.", "how": "terrible"}, severity="how")


def test_severity_stands_in_the_samples_metadata(tmp_path: Path) -> None:
    entries = rows(
        tmp_path, {"text": "Do it.", "how": "blatant"}, {"text": "Do that.", "how": None}, severity="how"
    ).items
    frames = frame_set("contrast", "helpful_only", "alignment_faking")
    made = scheduled_samples(
        entries, frames, tracks("alignment_faking"), threat="alignment_faking", track="helpful_only", seed=0
    )
    told = {str(s.input): (s.metadata or {}).get("severity") for s in made}
    assert told == {"Do it.": "blatant", "Do that.": None}
