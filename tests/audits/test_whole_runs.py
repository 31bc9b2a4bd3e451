"""A run is counted once: of its retries the one that counts, and of its shards all together."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log
from inspect_ai.model import get_model

from unmask.audits.findings import find_runs, finding_of
from unmask.audits.findings.whole_runs import ShardedLog
from unmask.audits.gate.gate_run import gate
from unmask.audits.report.comparable import DECLARED, comparable
from unmask.audits.report.report_files import read_report
from unmask.tasks.alignment_faking import alignment_faking

ITEMS = 8


def run(folder: Path, shard: str | None = None, **arguments: Any) -> Path:
    [log] = eval(
        alignment_faking(limit_items=ITEMS, shard=shard, **arguments),
        model=get_model("organism/alignment_faker", memoize=False),
        log_dir=str(folder),
        display="log",
        log_realtime=False,
    )
    return Path(log.location.removeprefix("file://"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the run in one go."""
    return run(tmp_path_factory.mktemp("whole")).parent


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same run in two shards."""
    folder = tmp_path_factory.mktemp("shards")
    for shard in ("1/2", "2/2"):
        log = run(folder, shard)  # both in the same second, perhaps, and then their names are in any order
        log.rename(folder / f"{shard[0]}_{log.name}")
    return folder


@pytest.fixture
def shards(made: Path, tmp_path: Path) -> Path:
    """A copy of it, to change."""
    return Path(shutil.copytree(made, tmp_path / "shards"))


def results(folder: Path) -> dict[str, Any]:
    return comparable(read_report([str(folder)], quotes=4).results)


def headers(folder: Path) -> list[EvalLog]:
    return find_runs([str(folder)])[0]


def changed(source: Path, name: str, change: Callable[[EvalLog], None]) -> Path:
    """A copy of a log with something changed in it."""
    log = read_eval_log(str(source))
    change(log)
    made = source.with_name(f"{name}.eval")
    write_eval_log(log, str(made))
    return made


def again(log: EvalLog) -> None:
    """The same, run once more and later."""
    log.eval.eval_id, log.eval.task_id, log.eval.created = "later", "later", "2999-01-01T00:00:00+00:00"


def failed(log: EvalLog) -> None:
    again(log)
    log.status = "error"


def test_shards_are_reported_as_the_run_in_one_go_is(whole: Path, shards: Path) -> None:
    assert results(shards) == results(whole)
    assert {"log", "sha256"} < set(DECLARED["provenance"])


def test_the_report_names_the_shards_and_quotes_from_them(shards: Path) -> None:
    [one] = read_report([str(shards)], quotes=4).results.findings
    assert [part.shard for part in one.provenance.shards] == ["1/2", "2/2"]
    assert {part.log for part in one.provenance.shards} == {path.name for path in shards.iterdir()}
    assert len(one.evidence) == 4
    assert len({quoted.link.partition("/samples/")[0] for quoted in one.evidence}) == 2


def test_a_shard_that_is_run_again_adds_nothing(whole: Path, shards: Path) -> None:
    first, _ = sorted(shards.iterdir())
    newer = changed(first, "again", again)
    found, faults = find_runs([str(shards)])
    assert results(shards) == results(whole)
    assert isinstance(found[0], ShardedLog)
    assert newer.name in {part.location.rpartition("/")[2] for part in found[0].shards}
    [passed] = faults
    assert passed.superseded
    assert first.name in passed.log
    assert "the same shard, run again" in passed.why


def test_a_shard_that_failed_when_it_was_run_again_does_not_count(shards: Path) -> None:
    first, _ = sorted(shards.iterdir())
    worse = changed(first, "worse", failed)
    [found], faults = find_runs([str(shards)])
    assert found.status == "success"
    assert [Path(fault.log).name for fault in faults] == [worse.name]


def test_a_missing_shard_is_said_and_keeps_the_gate_shut(shards: Path) -> None:
    sorted(shards.iterdir())[1].unlink()
    [found] = headers(shards)
    told = finding_of(found)
    assert "Shards of the audit are missing: 2/2." in told.cautions
    assert (told.status, told.planned) == ("cancelled", 2 * ITEMS)
    ruled = gate([str(shards)])
    assert ruled.exit_code != 0
    assert any("cancelled" in line for line in str(ruled).split("; ")) or "cancelled" in ruled.model_dump_json()


def test_shards_of_other_arguments_are_another_run(shards: Path) -> None:
    run(shards, "1/2", seed=1)
    assert sorted(len(found.shards) for found in headers(shards) if isinstance(found, ShardedLog)) == [1, 2]


def test_of_a_run_and_its_retry_the_one_that_ended_well_counts(whole: Path, tmp_path: Path) -> None:
    [source] = whole.iterdir()

    def cut_off(log: EvalLog) -> None:
        log.status, log.results, log.eval.eval_id = "started", None, "earlier"

    def stopped(log: EvalLog) -> None:
        log.status, log.eval.eval_id = "error", "early"

    kept = Path(shutil.copy(source, tmp_path / "run.eval"))
    changed(kept, "cut_off", cut_off)
    changed(kept, "stopped", stopped)
    found, faults = find_runs([str(tmp_path)])
    assert [Path(log.location).name for log in found] == ["run.eval"]
    assert sorted(Path(fault.log).name for fault in faults if fault.superseded) == ["cut_off.eval", "stopped.eval"]


def test_copies_of_one_log_are_still_told_apart_from_retries(whole: Path, tmp_path: Path) -> None:
    [source] = whole.iterdir()
    for name in ("a.eval", "b.eval"):
        shutil.copy(source, tmp_path / name)
    assert len(headers(tmp_path)) == 2
