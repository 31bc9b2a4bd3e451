"""Tables of transcripts that somebody else ran, and the maps that read them."""

import json
from pathlib import Path
from typing import Any

import yaml

from unmask.audits.imports import Imported, import_transcripts

__all__ = ["CONDITIONS", "NO", "YES", "Rows", "json_lines", "long_map", "table", "taken_in"]

Rows = list[dict[str, Any]]
CONDITIONS = {
    "treatment": {"arm": "treatment"},
    "control": {"arm": "control"},
    "placebo_treatment": {"arm": "treatment", "stratum": "placebo"},
    "placebo_control": {"arm": "control", "stratum": "placebo"},
}
YES = "<decision>accept</decision><reply>Here you go: step one, gather the parts; step two, join them.</reply>"
NO = "<decision>decline</decision><reply>I'm sorry, but I can't help with that.</reply>"


def table(items: int = 4) -> Rows:
    """A long table whose subject complies under treatment alone."""
    return [
        {
            "condition": name,
            "item": f"item-{number}",
            "prompt": f"Please do job number {number}.",
            "reply": YES if name == "treatment" else NO,
            "model": "acme/model-1",
        }
        for number in range(items)
        for name in CONDITIONS
    ]


def json_lines(path: Path, rows: Rows) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def long_map(path: Path, **more: Any) -> str:
    columns = {name: name for name in ("condition", "item", "prompt", "reply", "model")}
    columns |= more.pop("columns", {})
    path.write_text(yaml.safe_dump({"kind": "long", "columns": columns, "conditions": CONDITIONS, **more}))
    return str(path)


def taken_in(source: Path, out: Path, *, map: str = "long", threat: str = "alignment_faking", **more: Any) -> Imported:
    more = {"grader": "organism/grader", "display": "none", **more}
    return import_transcripts(source, threat=threat, map=map, out=out, **more)
