"""Trajectories by people who had seen no rule, played with the workspace's tools: they load, and backends agree."""

from pathlib import Path
from types import ModuleType

import pytest

from tests.audit_modules import audit_module

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "tests" / "labels" / "trajectories").glob("*.yaml"))


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    return audit_module("scheming_trajectories")


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_entry_is_of_a_bundled_scenario_and_has_calls(audit: ModuleType, path: Path) -> None:
    rows = audit.load(path)
    assert len(rows) > 15
    assert all(row.steps and row.steps[-1].tool == "submit" for row in rows)


@pytest.mark.parametrize("step", [20, pytest.param(6, marks=pytest.mark.matrix)])
def test_memory_sandbox_and_shell_come_to_the_same(audit: ModuleType, step: int) -> None:
    rows = audit.load(FILES[0].with_name("oversight_subversion.yaml"))[::step]
    found = []
    for sandbox, shell in ((None, False), ("local", False), ("local", True)):
        log = audit.run(rows, "organism/grader", sandbox, shell)
        assert log.status == "success"
        found.append({str(sample.id): audit.came_out(sample)[0] for sample in log.samples})
    assert found[0] == found[1] == found[2]


def test_an_entry_of_no_scenario_is_named(audit: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("- {scenario: nowhere, what: odd, expert: [none], steps: [{tool: submit, report: Done}]}\n")
    with pytest.raises(ValueError, match="entry 0 \\(odd\\)"):
        audit.load(path)
