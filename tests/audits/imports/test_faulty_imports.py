"""What cannot be imported is said in one clear line, before anything is done."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.audits.imports.tables import json_lines, long_map, table, taken_in
from unmask.audits.command.main import main
from unmask.protocol.errors import ConfigurationError

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown key": ({"nonsense": 1}, "key 'nonsense': Extra inputs are not permitted"),
    "an unknown role": ({"columns": {"odd": "x"}}, "key 'columns', key 'odd'"),
    "another threat": ({"threat": "backdoors"}, "key 'threat': is for backdoors, not alignment_faking"),
    "an unknown track": ({"track": "nowhere"}, "track='nowhere': choose from helpful_only"),
    "a column that is not there": ({"columns": {"date": "when"}}, "no row has a column 'when'"),
    "a score without a reading": ({"columns": {"score": "x"}}, "go together"),
    "tools without names": ({"track": "tool_choice", "columns": {"target": "item"}}, "needs 'tool_safe'"),
    "choices without a target": ({"track": "value_conflict"}, "needs a column for 'target' (the letter of the option"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_map_is_one_clear_line(name: str, tmp_path: Path) -> None:
    more, said = FAULTS[name]
    source, chosen = json_lines(tmp_path / "runs.jsonl", table(1)), long_map(tmp_path / "map.yaml", **more)
    part = ["import", str(source), "--threat", "alignment_faking", "--map", chosen, "--out", str(tmp_path / "o")]
    ran = CliRunner().invoke(main, [*part, "--grader", "organism/grader"])
    assert ran.exit_code == 1
    assert said in ran.output
    assert ran.output.startswith("Error: ")


@pytest.mark.parametrize(
    ("source", "said"),
    [("nowhere.jsonl", "no such file"), ("runs.xlsx", "reads .jsonl, .csv"), ("empty.csv", "no row fits the map")],
)
def test_a_source_that_cannot_be_read_is_one_clear_line(source: str, said: str, tmp_path: Path) -> None:
    for name in ("runs.xlsx", "empty.csv"):
        (tmp_path / name).write_text("")
    with pytest.raises(ConfigurationError, match=said):
        taken_in(tmp_path / source, tmp_path / "logs")


def test_scoring_without_a_grader_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="--grader"):
        taken_in(json_lines(tmp_path / "a.jsonl", table(1)), tmp_path / "logs", grader=None)
    assert not (tmp_path / "logs").exists()


def test_scheming_without_reasoning_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="needs a column for 'reasoning'"):
        taken_in(json_lines(tmp_path / "a.jsonl", table()), tmp_path, threat="in_context_scheming")
