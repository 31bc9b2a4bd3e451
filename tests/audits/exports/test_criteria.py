"""The page of criteria: every field it names is there, and every page."""

import re
from pathlib import Path

from unmask.audits.findings import Finding

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "guide" / "criteria.md").read_text(encoding="utf-8")


def test_every_field_that_is_named_is_one_of_a_finding() -> None:
    named = set(re.findall(r"`Finding\.([a-z_]+)`", PAGE))
    assert named
    assert named <= {*Finding.model_fields}


def test_every_file_that_is_named_is_there() -> None:
    paths = set(re.findall(r"`((?:docs|audits)/[\w./]+)`", PAGE))
    assert [path for path in sorted(paths) if not (ROOT / path).is_file()] == []


def test_every_criterion_has_an_answer() -> None:
    rows = [line.strip("|").split("|") for line in PAGE.splitlines() if line.startswith("| ")]
    assert len(rows) > 60
    assert [row for row in rows if len(row) != 2 or not row[1].strip()] == []
