"""Bundling: the same input gives the same bytes, and what a claim leaves open is said."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from inspect_ai.log import read_eval_log, write_eval_log

from unmask.audits.bundles import Check, signing, verify_bundle
from unmask.audits.bundles.bundle_results import rounded
from unmask.audits.bundles.claim_files import Protocol, SubjectFile, gaps_of, words
from unmask.audits.bundles.container import unpack
from unmask.audits.command.main import main
from unmask.audits.findings import read_finding
from unmask.protocol.errors import ConfigurationError

from .conftest import Bundler


def only(checks: list[Check], name: str) -> Check:
    return next(check for check in checks if check.name == name)


def protocol(tmp_path: Path, **keys: Any) -> Path:
    path = tmp_path / f"protocol{len(list(tmp_path.iterdir()))}.yaml"
    path.write_text(yaml.safe_dump(keys))
    return path


@pytest.mark.parametrize("policy", [None, "scores_only"])
def test_the_same_input_gives_the_same_bytes(
    policy: str | None, backdoor_log: Path, bundler: Bundler, tmp_path: Path
) -> None:
    first = bundler(backdoor_log, name="a.tar", policy=policy, salt=tmp_path / "salt")
    (tmp_path / "elsewhere").mkdir()
    again = Path(shutil.copy(backdoor_log, tmp_path / "elsewhere"))
    second = bundler(again, name="b.tar", policy=policy, salt=tmp_path / "salt")
    assert first.read_bytes() == second.read_bytes()
    assert str(tmp_path).encode() not in first.read_bytes()


def test_a_bundle_has_the_numbers_that_the_log_has(backdoor_log: Path, bundler: Bundler, tmp_path: Path) -> None:
    unpack(bundler(backdoor_log), tmp_path / "out")
    told = json.loads((tmp_path / "out" / "results.json").read_bytes())
    whole = read_finding(str(backdoor_log)).model_dump(mode="json")
    [found] = told["findings"]
    assert found.pop("log") == f"viewer/logs/{backdoor_log.name}"
    assert found == {key: rounded(value) for key, value in whole.items() if key != "log"}
    assert found["offline_grader"]
    [harness] = told["harness"].values()
    assert harness["packages"]["inspect_ai"]
    assert harness["first_sample"] >= harness["created"]
    log = (tmp_path / "out" / "viewer" / "logs" / backdoor_log.name).read_bytes()
    assert log == backdoor_log.read_bytes()


def test_several_logs_go_in_and_what_cannot_is_on_record(
    backdoor_log: Path, faking_log: Path, desk: Path, tmp_path: Path
) -> None:
    logs = tmp_path / "logs"
    for name in ("a", "b"):
        (logs / name).mkdir(parents=True)
        shutil.copy(backdoor_log, logs / name / "same name.eval")
    shutil.copy(faking_log, logs)
    (logs / "cut.eval").write_bytes(backdoor_log.read_bytes()[:9000])
    old = read_eval_log(str(faking_log))
    old.eval.packages = {"inspect_ai": "0.3.100", "unmask": "0.0.9"}
    old.eval.eval_id = "another"
    write_eval_log(old, logs / "2026-01-01T00-00-00+00-00_alignment-faking_old.json")
    files = ["--subject", str(desk / "subject.yaml"), "--protocol", str(desk / "protocol.yaml")]
    ran = CliRunner().invoke(main, ["bundle", str(logs), *files, "--out", str(tmp_path / "b.tar")])
    assert ran.exit_code == 0, ran.output
    assert "b.tar: logs 4, texts hidden 0, NOT SIGNED" in ran.output
    assert "left out: " in ran.stderr
    assert "cut.eval: cannot be read" in ran.stderr
    checks = verify_bundle(tmp_path / "b.tar")
    assert {check.status for check in checks} == {"ok", "note"}
    assert "cut.eval: left out: cannot be read" in only(checks, "gaps").lines
    unpack(tmp_path / "b.tar", tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out" / "viewer" / "logs").iterdir())
    assert len(names) == 5
    assert "same-name.eval" in names


def test_a_protocol_has_to_be_older_than_the_first_sample(backdoor_log: Path, bundler: Bundler, tmp_path: Path) -> None:
    for frozen, status in (
        (datetime(2020, 1, 1, tzinfo=UTC), "note"),
        (datetime(2020, 1, 1, tzinfo=UTC).date(), "note"),
        (datetime.now(UTC).date(), "failed"),
        (datetime(2999, 1, 1, tzinfo=UTC), "failed"),
    ):
        bundle = bundler(backdoor_log, protocol=protocol(tmp_path, frozen=frozen))
        found = only(verify_bundle(bundle), "protocol")
        assert found.status == status, frozen
        assert found.lines[0].startswith("protocol.yaml: fixed" if status == "failed" else "the first log does not")


def test_a_log_bears_witness_to_its_protocol(backdoor_log: Path, bundler: Bundler, tmp_path: Path) -> None:
    fixed = protocol(tmp_path, frozen="2020-01-01T00:00:00Z", smallest_effect={"backdoors": 0.1}, alpha=0.05)
    log = read_eval_log(str(backdoor_log))
    log.eval.metadata = (log.eval.metadata or {}) | {"protocol_sha256": signing.sha256_of(fixed)}
    write_eval_log(log, tmp_path / "witness.eval")
    for policy in (None, "scores_only"):
        bundle = bundler(tmp_path / "witness.eval", protocol=fixed, policy=policy, salt=tmp_path / "salt")
        assert only(verify_bundle(bundle), "protocol").status == "ok"
    other = protocol(tmp_path, frozen="2020-01-02T00:00:00Z", smallest_effect=0.3)
    found = only(verify_bundle(bundler(tmp_path / "witness.eval", protocol=other)), "protocol")
    assert found.status == "failed"
    assert any("witness.eval: was run under another protocol" in line for line in found.lines)
    assert any("smallest_effect 0.1, but protocol.yaml has 0.3" in line for line in found.lines)


def test_every_field_that_may_be_blank_has_words_for_the_gap() -> None:
    blank = [*gaps_of("subject.yaml", SubjectFile()), *gaps_of("protocol.yaml", Protocol())]
    claim = gaps_of("protocol.yaml", Protocol.model_validate({"claims": [{"threat": "backdoors"}]}))
    assert {"claims[0].type", "claims[0].ruled_in_by", "claims[0].ruled_out_by"} <= {gap.field for gap in claim}
    assert {gap.field for gap in blank} | {"threat", "type", "ruled_in_by", "ruled_out_by"} == set(words().gaps)


def test_the_subject_of_the_claim_has_to_be_among_the_logs(
    backdoor_log: Path, bundler: Bundler, tmp_path: Path
) -> None:
    (tmp_path / "subject.yaml").write_text("model: openai/another\n")
    with pytest.raises(
        ConfigurationError, match=r"subject\.yaml: key 'model': openai/another, but the logs are of organ"
    ):
        bundler(backdoor_log, subject=tmp_path / "subject.yaml")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("snapsot: x\n", "subject.yaml: key 'snapsot': Extra inputs"),
        ("access_level: x-ray\n", "subject.yaml: key 'access_level': Input should be 'black_box'"),
        ("model: a\nmodel: b\n", "subject.yaml: key 'model' appears twice"),
        ("- a\n", "subject.yaml: file: Input should be"),
    ],
)
def test_a_fault_in_a_file_names_the_key(
    text: str, fault: str, backdoor_log: Path, bundler: Bundler, tmp_path: Path
) -> None:
    (tmp_path / "subject.yaml").write_text(text)
    with pytest.raises(ConfigurationError, match=fault):
        bundler(backdoor_log, subject=tmp_path / "subject.yaml")


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["bundle", "--new-key", str(tmp_path / "key")])
    assert ran.exit_code == 0, ran.output
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert signing.fingerprint(signing.public_key(tmp_path / "key.pub")) in ran.output
    again = CliRunner().invoke(main, ["bundle", "--new-key", str(tmp_path / "key")])
    assert again.exit_code != 0
    assert "File exists" in again.output


def test_files_that_cannot_be_used_are_one_clear_line(backdoor_log: Path, desk: Path, tmp_path: Path) -> None:
    files = ["--subject", str(desk / "subject.yaml"), "--protocol", str(desk / "protocol.yaml")]
    out = ["--out", str(tmp_path / "b.tar")]
    (tmp_path / "empty").mkdir()
    for arguments, fault in (
        ([str(backdoor_log)], "give LOGS, --subject, --protocol and --out"),
        ([str(tmp_path / "empty"), *files, *out], "no logs here"),
        ([str(backdoor_log), *files, *out, "--key", str(desk / "key.pub")], "key.pub: no private key"),
        ([str(backdoor_log), *files, *out, "--attach", str(tmp_path / "judge.json")], "judge.json: No such file"),
        ([str(backdoor_log), *files, "--out", str(tmp_path / "no" / "b.tar")], "no/b.tar"),
        (["--templates", str(desk)], "there already"),
    ):
        ran = CliRunner().invoke(main, ["bundle", *arguments])
        assert ran.exit_code == 1, arguments
        assert ran.output.startswith("Error: "), ran.output
        assert fault in ran.output
    assert not (tmp_path / "b.tar").exists()


def test_files_that_are_attached_are_in_the_manifest(backdoor_log: Path, bundler: Bundler, tmp_path: Path) -> None:
    (tmp_path / "judge.json").write_text("{}")
    bundle = bundler(backdoor_log, attached=[tmp_path / "judge.json"])
    unpack(bundle, tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_bytes())
    assert "attached/judge.json" in {one["name"] for one in manifest["subject"]}
    assert manifest["_type"] == "https://in-toto.io/Statement/v1"
