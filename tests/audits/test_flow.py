"""Inspect Flow itself takes the spec of an audit, and runs it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from inspect_ai.log import list_eval_logs, read_eval_log

SPEC = Path(__file__).parents[2] / "audits" / "flow_spec.yaml"
OFFLINE = ["defaults.task.model=organism/aligned", 'defaults.task.model_roles={"grader": "organism/grader"}']
SMALL = ['defaults.task_prefix={"unmask/backdoors": {"args": {"budget": 60}}}']
RUNS = 15
"""Five of the subject, and a positive and a negative control of each."""

pytestmark = pytest.mark.matrix


def flow(verb: str, folder: Path, sets: list[str], *more: str, code: int = 0) -> str:
    """What a command of Flow prints, which has to end with a certain code."""
    asked = [part for one in sets for part in ("--set", one)]
    place = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "COLUMNS": "160", "PATH": place}
    command = ["flow", verb, str(SPEC), *asked, "--log-dir", str(folder), *more]
    ran = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == code, ran.stdout + ran.stderr
    return ran.stdout


def test_check_names_every_run(tmp_path: Path) -> None:
    """Its code is 3 where there is something left to run."""
    assert f"0/{RUNS} tasks complete" in flow("check", tmp_path, OFFLINE, code=3)


@pytest.mark.skipif(shutil.which("uv") is None, reason="Flow notes the environment of a run by uv")
def test_run_makes_a_log_of_every_run(tmp_path: Path) -> None:
    flow("run", tmp_path, [*OFFLINE, *SMALL], "--limit", "2")
    logs = [read_eval_log(info.name, header_only=True) for info in list_eval_logs(str(tmp_path))]
    assert [log.status for log in logs] == ["success"] * RUNS
    assert {log.eval.model for log in logs} >= {"organism/aligned", "organism/schemer", "organism/decoy"}
