"""A grader that is down: from the start nothing is spent, on the way nothing is lost and the rest is scored later."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from inspect_ai.log import EvalLog, read_eval_log

from tests.faults.fault_runs import RUNS, compared
from tests.faults.server import faulty
from unmask.audits.findings import finding_of
from unmask.audits.gate.gate_run import gate

RUN = RUNS["alignment_faking"]
ANSWERS = 6
"""Of the grader, before it goes down: the first is to the question whether it is there."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
def free(folder: Path) -> EvalLog:
    return RUN.log(folder / "free", 0.0, 0)[0]


@pytest.fixture(scope="module")
def down(folder: Path) -> EvalLog:
    """A run whose grader goes down after a few answers."""
    return RUN.log(folder / "down", 0.0, 0, down={"grader": ANSWERS}, retries=1)[0]


def test_a_grader_that_is_down_from_the_start_costs_no_call_of_the_subject(folder: Path) -> None:
    log, server = RUN.log(folder / "never", 0.0, 0, down={"grader": 0}, retries=1)
    assert set(server.asked) == {"grader"}
    assert all("does not answer, so nothing was asked" in one.error.message for one in log.samples or [] if one.error)
    assert not any(sample.scores for sample in log.samples or [])


def test_a_grader_that_goes_down_leaves_the_rest_unscored_with_the_reason(free: EvalLog, down: EvalLog) -> None:
    found = compared(free, down)
    assert down.status == "success"
    assert (found.unaccounted, found.different, dict(found.errors)) == ([], [], {})
    assert found.equal > 0
    assert found.unscored["grader_failed"] > 0


def test_the_gate_lets_no_such_run_pass(down: EvalLog) -> None:
    missing = finding_of(down).missing
    assert missing is not None
    assert missing.reasons["grader_failed"] > 0
    ruled = gate([down.location])
    assert ruled.exit_code != 0
    told = [fault for claim in ruled.subjects[0].claims for log in claim.logs for fault in log.faults]
    assert any("could not be scored" in fault for fault in told), told


@pytest.fixture
def back() -> Iterator[str]:
    """The grader's server, up again."""
    with faulty() as server:
        yield server.url


@pytest.mark.matrix
def test_what_the_grader_left_is_scored_later_by_command(free: EvalLog, down: EvalLog, back: str) -> None:
    command = [str(Path(sys.executable).with_name("inspect")), "score", down.location, "--action", "overwrite"]
    command += ["--overwrite", "--model-role", "grader=openai-api/unmask/grader", "--display", "plain"]
    keys = {"UNMASK_API_KEY": "loopback", "UNMASK_BASE_URL": back}
    done = subprocess.run(command, env=os.environ | keys, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    again = read_eval_log(down.location)
    found = compared(free, again)
    assert (found.unaccounted, found.different, dict(found.unscored)) == ([], [], {})
    assert finding_of(again).verdict == finding_of(free).verdict
