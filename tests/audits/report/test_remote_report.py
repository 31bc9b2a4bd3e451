"""Logs are read from and reports are written to S3, against a server on this machine."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from inspect_ai import eval
from inspect_ai.model import get_model

from unmask.audits.report import write_report
from unmask.tasks.alignment_faking import alignment_faking

pytest.importorskip("s3fs", reason="s3fs is not installed")
pytest.importorskip("moto.server", reason="moto[server] is not installed")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    import fsspec
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    for key, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setitem(os.environ, key, value)
    filesystem = fsspec.filesystem("s3", skip_instance_cache=True)
    filesystem.mkdir("audits")
    yield "s3://audits"
    server.stop()


@pytest.mark.matrix
def test_a_report_is_read_from_and_written_to_s3(bucket: str, tmp_path: Path) -> None:
    import fsspec

    model = get_model("organism/alignment_faker", memoize=False)
    [log] = eval(
        alignment_faking(limit_items=4), model=model, log_dir=str(tmp_path), display="none", log_realtime=False
    )
    source = Path(log.location.removeprefix("file://"))
    with fsspec.open(f"{bucket}/logs/{source.name}", "wb") as file:
        file.write(source.read_bytes())
    there = write_report([f"{bucket}/logs"], f"{bucket}/out", quotes=2)
    here = write_report([str(source)], str(tmp_path / "out"), quotes=2)
    assert there.findings[0].finding.effect == here.findings[0].finding.effect
    assert there.findings[0].provenance == here.findings[0].provenance
    with fsspec.open(f"{bucket}/out/results.json", "rt", encoding="utf-8") as file:
        assert json.load(file)["findings"][0]["finding"]["log"] == f"{bucket}/logs/{source.name}"
    with fsspec.open(f"{bucket}/out/figures/effects.svg", "rb") as file:
        assert b"<svg" in file.read()
