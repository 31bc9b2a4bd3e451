"""Verifying: whatever was changed after bundling is found, and the file is named."""

import json
import random
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from inspect_ai.log import read_eval_log

from tests.audits.bundles.conftest import Bundler
from unmask import audits
from unmask.audits.bundles import BundleRequest, Check, GateFiles, make_bundle, new_key_pair, signing, verify_bundle
from unmask.audits.bundles.bundle import ENVELOPE, KEY, MANIFEST, SUMS, sums
from unmask.audits.bundles.container import unpack, write_container
from unmask.audits.command.main import main
from unmask.audits.control_runs.control_record import record_of_finding, write_controls
from unmask.audits.findings import finding_of


def status(checks: list[Check]) -> dict[str, str]:
    return {check.name: check.status for check in checks}


def lines(checks: list[Check], *, failed: bool = True) -> list[str]:
    return [line for check in checks if not failed or check.status == "failed" for line in check.lines]


@pytest.fixture(scope="module")
def files(backdoor_log: Path, desk: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed bundle, and its files in a folder beside it."""
    folder = tmp_path_factory.mktemp("signed")
    asked = BundleRequest(
        [str(backdoor_log)], desk / "subject.yaml", desk / "protocol.yaml", folder / "whole.tar", desk / "key"
    )
    make_bundle(asked)
    unpack(folder / "whole.tar", folder / "files")
    return folder


def changed(files: Path, to: Path, **new: bytes | None) -> Path:
    """The bundle with other files in it, or without one."""
    for path in (one for one in (files / "files").rglob("*") if one.is_file()):
        name = path.relative_to(files / "files").as_posix()
        data = new[name] if name in new else path.read_bytes()
        if data is not None:
            (to / "in" / name).parent.mkdir(parents=True, exist_ok=True)
            (to / "in" / name).write_bytes(data)
    for name, added in new.items():
        if added is not None:
            (to / "in" / name).write_bytes(added)
    return resealed(to)


def resealed(to: Path) -> Path:
    write_container(to / "in", to / "changed.tar")
    return to / "changed.tar"


def test_a_bundle_as_it_was_made_holds(files: Path, desk: Path) -> None:
    found = status(verify_bundle(files / "whole.tar", public_key=desk / "key.pub"))
    assert found == {
        "container": "ok",
        "files": "ok",
        "signature": "ok",
        "protocol": "note",
        "results": "ok",
        "ruling": "note",
        "gaps": "note",
    }


def test_every_changed_byte_of_every_file_fails_and_names_it(files: Path, tmp_path: Path) -> None:
    draw = random.Random(20)
    whole = bytearray((files / "whole.tar").read_bytes())
    with tarfile.open(files / "whole.tar") as tar:
        places = {one.name: (one.offset_data, one.size) for one in tar}
    small = [name for name in places if "assets" not in name] + [name for name in places if "assets" in name][:2]
    for name in (one for one in small if places[one][1]):
        start, size = places[name]
        for at in {draw.choice((start, start + size - 1)), start + draw.randrange(size)}:
            kept, whole[at] = whole[at], whole[at] ^ draw.randrange(1, 256)
            (tmp_path / "changed.tar").write_bytes(whole)
            whole[at] = kept
            found = lines(verify_bundle(tmp_path / "changed.tar"))
            assert any(line.startswith(f"{name}: ") for line in found), (name, at - start, found)


@pytest.mark.parametrize("name", ["README.md", KEY, ENVELOPE, MANIFEST, SUMS, "results.json"])
def test_a_file_that_is_missing_is_named(name: str, files: Path, tmp_path: Path) -> None:
    found = verify_bundle(changed(files, tmp_path, **{name: None}))
    assert any(line.startswith(f"{name}: missing") for line in lines(found))


def test_a_file_that_was_added_is_named(files: Path, tmp_path: Path) -> None:
    found = verify_bundle(changed(files, tmp_path, **{"extra.txt": b"x"}))
    assert any(line.startswith("extra.txt: not in the manifest") for line in lines(found))


def rebuilt(to: Path, key: Path | None) -> Path:
    """The files of a folder with a manifest that fits, by whoever wants to."""
    for name in (MANIFEST, ENVELOPE, SUMS, KEY):
        (to / "in" / name).unlink(missing_ok=True)
    if key:
        (to / "in" / KEY).write_bytes(key.with_name(f"{key.name}.pub").read_bytes())
    names = [path.relative_to(to / "in").as_posix() for path in (to / "in").rglob("*") if path.is_file()]
    versions = {"versions": {"unmask": "0.0.1"}, "left_out": [{"log": "lost.eval", "why": "cannot be read"}]}
    manifest = signing.statement(to / "in", names, versions)
    (to / "in" / MANIFEST).write_bytes(manifest)
    if key:
        (to / "in" / ENVELOPE).write_bytes(signing.envelope_of(manifest, signing.private_key(key)))
    (to / "in" / SUMS).write_bytes(sums(to / "in"))
    return resealed(to)


def test_results_that_the_logs_do_not_give_fail_however_they_are_signed(files: Path, tmp_path: Path) -> None:
    told = json.loads((files / "files" / "results.json").read_bytes())
    told["findings"][0]["effect"]["value"] = 0.0
    changed(files, tmp_path, **{"results.json": json.dumps(told).encode()})
    new_key_pair(tmp_path / "other")
    found = verify_bundle(rebuilt(tmp_path, tmp_path / "other"))
    assert status(found)["files"] == "ok"
    assert "results.json: findings[0].effect.value is 0.0, the logs give 1" in lines(found)
    assert any(line.startswith("bundled with unmask 0.0.1, checked with") for line in lines(found))
    assert "lost.eval: left out: cannot be read" in lines(found, failed=False)


def test_a_ruling_that_the_gate_does_not_give_fails_however_it_is_signed(files: Path, tmp_path: Path) -> None:
    told = json.loads((files / "files" / "gate" / "ruling.json").read_bytes())
    assert told["decision"] == "hold"
    changed(files, tmp_path, **{"gate/ruling.json": signing.canonical({**told, "decision": "proceed"})})
    new_key_pair(tmp_path / "other")
    found = lines(verify_bundle(rebuilt(tmp_path, tmp_path / "other")))
    assert "gate/ruling.json: the gate says something else of these logs (hold)" in found


def test_a_ruling_goes_by_the_policy_and_the_controls_in_the_bundle(
    backdoor_log: Path, desk: Path, bundler: Bundler, tmp_path: Path
) -> None:
    template = (Path(audits.__file__).parent / "gate.yaml").read_text(encoding="utf-8")
    (tmp_path / "own.yaml").write_text(template.replace("several_logs: worst", "several_logs: latest"), "utf-8")
    record = record_of_finding(finding_of(read_eval_log(str(backdoor_log), header_only=True)), "0.0")
    assert record
    write_controls([record], tmp_path / "controls.json")
    bundle = bundler(backdoor_log, gate=GateFiles(tmp_path / "own.yaml", [tmp_path / "controls.json"]))
    (tmp_path / "own.yaml").unlink()
    (tmp_path / "controls.json").unlink()
    [ruling] = [check for check in verify_bundle(bundle) if check.name == "ruling"]
    assert ruling.status == "note"
    assert ruling.lines[0].endswith(": hold")
    found = unpack(bundle, tmp_path / "open")
    assert {"gate/policy.yaml", "gate/controls/0-controls.json", "gate/ruling.json"} <= set(found.names)
    told = json.loads((tmp_path / "open" / "gate" / "ruling.json").read_bytes())
    assert told["policy"].endswith("gate/policy.yaml")
    assert str(tmp_path) not in json.dumps(told)


def test_a_bundle_without_a_signature_says_so(files: Path, desk: Path, tmp_path: Path) -> None:
    changed(files, tmp_path)
    bundle = rebuilt(tmp_path, None)
    [plain] = [check for check in verify_bundle(bundle) if check.name == "signature"]
    assert plain.status == "note"
    assert "not signed" in plain.lines[0]
    assert status(verify_bundle(bundle, public_key=desk / "key.pub"))["signature"] == "failed"


def test_an_unknown_key_is_named_by_its_fingerprint(files: Path, desk: Path, tmp_path: Path) -> None:
    changed(files, tmp_path)
    other = new_key_pair(tmp_path / "other")
    bundle = rebuilt(tmp_path, tmp_path / "other")
    [found] = [check for check in verify_bundle(bundle) if check.name == "signature"]
    assert found.status == "note"
    assert other in found.lines[0]
    failed = lines(verify_bundle(bundle, public_key=desk / "key.pub"))
    assert failed == [
        f"{ENVELOPE}: signed by {other}, not by {signing.fingerprint(signing.public_key(desk / 'key.pub'))}"
    ]


def test_a_signature_of_another_manifest_or_by_a_stranger_in_another_name_fails(
    files: Path, desk: Path, tmp_path: Path
) -> None:
    theirs = json.loads((files / "files" / ENVELOPE).read_bytes())
    changed(files, tmp_path, **{"README.md": b"another"})
    rebuilt(tmp_path, desk / "key")
    new = json.loads((tmp_path / "in" / ENVELOPE).read_bytes())
    for fault, envelope in (
        ("holds another manifest", theirs),
        ("the signature is not that of SHA256:", new | {"signatures": theirs["signatures"]}),
        ("cannot be read", new | {"signatures": "none"}),
    ):
        (tmp_path / "in" / ENVELOPE).write_bytes(signing.canonical(envelope))
        (tmp_path / "in" / SUMS).unlink()
        (tmp_path / "in" / SUMS).write_bytes(sums(tmp_path / "in"))
        [line] = lines(verify_bundle(resealed(tmp_path), public_key=desk / "key.pub"))
        assert line.startswith(f"{ENVELOPE}: {fault}")


def test_a_log_that_unpacks_to_too_much_is_not_opened(
    files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unmask.audits.bundles.recomputed.MOST", 1000)
    monkeypatch.setattr("unmask.audits.bundles.recomputed.TIMES", 1)
    found = verify_bundle(files / "whole.tar")
    assert any(".eval: unpacks to" in line for line in lines(found))
    assert status(found)["results"] == "note"


def test_the_command_prints_a_table_and_fails_with_the_file(files: Path, desk: Path, tmp_path: Path) -> None:
    whole = CliRunner().invoke(main, ["verify", str(files / "whole.tar"), "--public-key", str(desk / "key.pub")])
    assert whole.exit_code == 0, whole.output
    flat = " ".join(whole.output.split())
    for part in ("The results come out of the logs again ok", "offline grader", "weights_digest", "whole.tar: holds"):
        assert part in flat
    bundle = changed(files, tmp_path, **{"README.md": b"another"})
    broken = CliRunner().invoke(main, ["verify", str(bundle)])
    assert broken.exit_code == 1
    assert "README.md: not as it was bundled" in broken.output
    assert "FAILED" in broken.output


@pytest.mark.parametrize(("argument", "fault"), [("nowhere.tar", "No such file"), (".", "directory")])
def test_a_place_without_a_bundle_is_one_clear_line(argument: str, fault: str, tmp_path: Path) -> None:
    ran = CliRunner().invoke(main, ["verify", str(tmp_path / argument)])
    assert ran.exit_code != 0
    assert fault in ran.output
