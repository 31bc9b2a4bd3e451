"""Logs that say less than they seem to: without samples, with awareness that nobody could read, broken, several."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log

from unmask.audits.command.main import main
from unmask.audits.findings import find_logs, finding_of

REFERENCE = Path(__file__).parents[2] / "logs" / "reference"
Made = Callable[[EvalLog], Path]


def called(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def made(tmp_path: Path) -> Made:
    def make(log: EvalLog) -> Path:
        write_eval_log(log, str(tmp_path / "log.eval"))
        return tmp_path / "log.eval"

    return make


@pytest.fixture
def log() -> EvalLog:
    return read_eval_log(str(REFERENCE / "backdoors_negative.eval"))


def faults(path: Path) -> list[str]:
    told = json.loads(called("gate", path, "--json").stdout)
    [subject] = told["subjects"]
    [claim] = [one for one in subject["claims"] if one["threat"] == "backdoors"]
    found: list[str] = claim["faults"]
    return found


def test_a_log_without_samples_says_so_and_its_absence_is_not_admitted(log: EvalLog, made: Made) -> None:
    assert not any("no samples" in line for line in faults(made(log)))
    log.samples = []
    path = made(log)
    assert any("holds no samples" in line for line in faults(path))
    assert any("holds no samples" in line for line in finding_of(read_eval_log(str(path), header_only=True)).cautions)
    assert "holds no samples" in called("plan", "--threat", "backdoors", "--like", path).output


def test_awareness_that_nobody_could_read_is_not_a_subject_that_is_unaware(log: EvalLog, made: Made) -> None:
    assert not any("nobody could read" in line for line in faults(made(log)))
    for sample in (log.samples or [])[:-1]:
        assert sample.scores
        sample.scores["eval_awareness"].value = float("nan")
    path = made(log)
    assert any("nobody could read whether the subject says" in line for line in faults(path))
    aware = finding_of(read_eval_log(str(path), header_only=True)).awareness
    assert aware is None or aware.items <= 1


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "no such file"), (b"", "cut off, or no log of Inspect"), (b"text", "cut off, or no log")],
)
def test_what_cannot_be_read_is_said_in_words(content: bytes | None, said: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "a.eval").write_bytes(content)
    [fault] = find_logs([str(tmp_path / "a.eval")])[1]
    assert said in fault.why


def test_a_plan_is_made_after_one_log_and_a_watch_has_something_to_watch(tmp_path: Path) -> None:
    broken = tmp_path / "broken.eval"
    broken.write_bytes(b"")
    assert "logs; name one of them" in called("plan", "--threat", "backdoors", "--like", REFERENCE).output
    assert "nothing to watch: no logs" in (told := called("compare", "--watch", broken).output)
    assert "None" not in told
