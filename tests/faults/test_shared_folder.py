"""Shards of several processes on one folder, local and remote, and the commands of the guide."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from inspect_ai.log import list_eval_logs, read_eval_log

from tests.faults.fault_runs import RUNS, FaultRun
from tests.faults.shared_folder import shared_folder
from unmask.audits.findings import find_runs
from unmask.audits.findings.whole_runs import ShardedLog
from unmask.tasks.alignment_faking import alignment_faking

GUIDE = (Path(__file__).parents[2] / "docs" / "guide" / "more_machines.md").read_text(encoding="utf-8")
SMALL = FaultRun(alignment_faking, "alignment_faker", {"limit_items": 4})


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)


def job() -> dict[str, object]:
    [text] = blocks("yaml")
    return dict(yaml.safe_load(text)["spec"])


def test_the_kubernetes_job_of_the_guide_runs_as_many_shards_as_it_has_completions() -> None:
    spec = job()
    [container] = spec["template"]["spec"]["containers"]  # type: ignore[index]
    assert (spec["completionMode"], spec["completions"]) == ("Indexed", spec["parallelism"])
    assert f"shard=$((JOB_COMPLETION_INDEX + 1))/{spec['completions']} " in container["args"][0]


@pytest.fixture
def called(tmp_path: Path) -> dict[str, str]:
    """An environment for the guide's commands: small runs on an organism, on a folder of the test."""
    own = {"MODEL": "organism/alignment_faker", "ARGUMENTS": "-T limit_items=4 --display none", "LOGS": str(tmp_path)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | own | {"PATH": path}


def shards(folder: str) -> list[str]:
    [found], _ = find_runs([folder])
    assert isinstance(found, ShardedLog)
    assert found.status == "success"
    return [str((part.eval.metadata or {})["shard"]) for part in found.shards]


@pytest.mark.matrix
def test_the_commands_of_the_guide_make_one_audit_of_four_processes(called: dict[str, str]) -> None:
    loop, _ = blocks("bash")
    subprocess.run(["bash", "-euc", loop], env=called, check=True)
    assert shards(called["LOGS"]) == ["1/4", "2/4", "3/4", "4/4"]
    assert (Path(called["LOGS"]) / "report" / "results.json").is_file()


@pytest.mark.matrix
def test_the_array_job_and_the_indexed_job_of_the_guide_run_their_shards(called: dict[str, str]) -> None:
    _, slurm = blocks("bash")
    [container] = job()["template"]["spec"]["containers"]  # type: ignore[index]
    called |= {"SLURM_ARRAY_TASK_COUNT": "4"}
    subprocess.run(["bash", "-euc", slurm], env=called | {"SLURM_ARRAY_TASK_ID": "4"}, check=True)
    subprocess.run(["bash", "-euc", container["args"][0]], env=called | {"JOB_COMPLETION_INDEX": "1"}, check=True)
    logs = [read_eval_log(path, header_only=True) for path in list_eval_logs(called["LOGS"])]
    assert {(log.eval.metadata or {})["shard"] for log in logs} == {"4/4", "2/4"}


@pytest.mark.matrix
def test_processes_on_one_folder_report_what_one_process_does(tmp_path: Path) -> None:
    found = shared_folder(tmp_path, RUNS["in_context_scheming"], "in_context_scheming", 2)
    assert (found["results"], found["again"]) == ("equal", "equal")


@pytest.mark.matrix
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_processes_share_a_bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    moto = pytest.importorskip("moto.server", reason="moto[server] is not installed")
    import fsspec

    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    told = {"AWS_ENDPOINT_URL": f"http://{host}:{port}", "AWS_DEFAULT_REGION": "us-east-1"}
    told |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    for key, value in told.items():
        monkeypatch.setenv(key, value)
    fsspec.filesystem("s3", skip_instance_cache=True).mkdir("shards")
    try:
        found = shared_folder(tmp_path, SMALL, "alignment_faking", 2, logs="s3://shards/audit", variables=told)
    finally:
        server.stop()
    assert (found["results"], found["again"]) == ("equal", "equal")
