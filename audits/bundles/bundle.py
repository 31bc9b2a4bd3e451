"""Puts logs, results and provenance into one file."""

import json
import re
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]
from inspect_ai.log import EvalLog

from unmask.audits.bundles import signing
from unmask.audits.bundles.bundle_results import LOGS, bundle_results
from unmask.audits.bundles.bundle_ruling import GateFiles, put_ruling
from unmask.audits.bundles.claim_files import Gap, Protocol, SubjectFile, gaps_of, words
from unmask.audits.bundles.container import write_container
from unmask.audits.bundles.redaction import RedactionPolicy, load_policy, redacted_log, write_redacted
from unmask.audits.bundles.static_viewer import with_viewer
from unmask.audits.findings import LogFault, find_runs, finding_of
from unmask.audits.findings.log_files import read_header
from unmask.audits.findings.whole_runs import places
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import load

__all__ = ["BundleRequest", "Bundled", "make_bundle", "read_salt", "sums"]

MANIFEST, ENVELOPE, KEY, SUMS = "manifest.json", "manifest.dsse.json", "signer.pub", "SHA256SUMS"

_WITH_NUMBERS = ("inspect-ai", "numpy", "scipy", "unmask")


@dataclass(frozen=True)
class BundleRequest:
    """What is to be bundled."""

    logs: Sequence[str]
    """Files and folders, local or remote."""

    subject: Path
    protocol: Path
    out: Path
    key: Path | None = None
    """Private key; None leaves the bundle unsigned."""

    policy: str | None = None
    """A redaction policy's name or file; None shows everything."""

    salt: Path | None = None
    """The secret of the digests of what is hidden; it is made where it is not there yet."""

    attached: Sequence[Path] = ()
    """Files that go in as they are."""

    gate: GateFiles = field(default_factory=GateFiles)
    """By what the gate judges, whose ruling goes in."""


@dataclass
class Bundled:
    """What was bundled."""

    logs: int = 0
    hidden: int = 0
    """Texts that are hidden."""

    signer: str | None = None
    """Fingerprint of the key."""

    complaints: list[str] = field(default_factory=list)
    """Logs that were left out, and why."""

    gaps: list[Gap] = field(default_factory=list)


def make_bundle(asked: BundleRequest) -> Bundled:
    """Make a bundle. The same input, with the same versions of the packages, makes the same bytes.

    Args:
        asked: What is to be bundled.

    Raises:
        ConfigurationError: On input that cannot be used: no log, a fault in a file, a policy that hides what figures
            rest on, a log of which nothing can be shown.
    """
    if not asked.out.absolute().parent.is_dir():
        raise ConfigurationError(f"{asked.out}: no such folder")
    policy, policy_file = load_policy(asked.policy)
    key = signing.private_key(asked.key) if asked.key else None
    subject, protocol = load(asked.subject, SubjectFile), load(asked.protocol, Protocol)
    headers, faults = find_runs(asked.logs)
    passed, faults = _passed_over(faults)
    done = Bundled(complaints=[str(fault) for fault in faults])
    left_out = [{"log": Path(fault.log).name, "why": fault.why.partition(" (")[0]} for fault in faults]
    usable = _usable(headers, done, left_out)
    _of_subject(usable, subject, asked.subject)
    with tempfile.TemporaryDirectory(prefix="unmask-bundle-") as work:
        folder, logs = Path(work, "bundle"), Path(work, "logs")
        folder.mkdir()
        logs.mkdir()
        done.hidden = _put_logs(usable, passed, policy, asked, logs, folder)
        with_viewer(logs, folder / "viewer")
        _all_there(logs, folder)
        shutil.rmtree(logs)
        _copy_files(asked, policy_file, folder)
        (folder / "results.json").write_bytes(bundle_results(folder, subject, protocol))
        put_ruling(folder, asked.gate)
        done.signer = _manifest(folder, policy, left_out, key)
        write_container(folder, asked.out)
    done.logs = sum(len(places(run)) for run in usable) + len(passed)
    done.gaps = [*gaps_of("subject.yaml", subject), *gaps_of("protocol.yaml", protocol)]
    return done


def read_salt(path: Path | None, *, make: bool) -> bytes:
    """Read the secret of the digests.

    Args:
        path: Its file.
        make: Whether to make it where it is not there yet.

    Raises:
        ConfigurationError: If there is none, or it is too short to be one.
    """
    if path is None:
        raise ConfigurationError("--salt: give a file; it keeps the secret with which hidden texts can be checked")
    try:
        if make and not path.exists():
            path.touch(0o600)
            path.write_text(f"{secrets.token_hex(32)}\n", encoding="ascii")
        salt = path.read_bytes().strip()
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error
    if len(salt) < 32:
        raise ConfigurationError(f"{path}: {len(salt)} bytes are too few for a salt; it takes 32")
    return salt


def sums(folder: Path) -> bytes:
    """Digests of all files, as `sha256sum --check` reads them.

    Args:
        folder: Where they lie.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return "".join(f"{signing.sha256_of(folder / name)}  {name}\n" for name in names if name != SUMS).encode()


def _passed_over(faults: list[LogFault]) -> tuple[list[EvalLog], list[LogFault]]:
    """Headers of logs in whose place a later one counts, which belong to the record; and what cannot be read."""
    read = {fault.log: read_header(fault.log) for fault in faults if fault.superseded}
    passed = [one for one in read.values() if isinstance(one, EvalLog)]
    return passed, [fault for fault in faults if not isinstance(read.get(fault.log), EvalLog)]


def _usable(headers: list[EvalLog], done: Bundled, left_out: list[dict[str, str]]) -> list[EvalLog]:
    found = []
    for header in headers:
        try:
            finding_of(header)
            found.append(header)
        except ConfigurationError as error:
            done.complaints.append(str(error))
            left_out.append({"log": Path(header.location).name, "why": "no behaviour was scored"})
    if not found:
        raise ConfigurationError("\n".join([*done.complaints, "no log to bundle"]))
    return found


def _of_subject(headers: list[EvalLog], subject: SubjectFile, file: Path) -> None:
    models = sorted({header.eval.model for header in headers})
    if subject.model is not None and subject.model not in models:
        raise ConfigurationError(f"{file}: key 'model': {subject.model}, but the logs are of {', '.join(models)}")


def _put_logs(
    runs: list[EvalLog], passed: list[EvalLog], policy: RedactionPolicy, asked: BundleRequest, logs: Path, folder: Path
) -> int:
    """Copy or redact the logs, and write the ledger; how many texts are hidden."""
    salt = b"" if policy.everything else read_salt(asked.salt, make=True)
    (folder / "redaction").mkdir()
    files = [*(part for run in runs for part in places(run)), *passed]
    names = {id(header): logs / name for header, name in zip(files, _names(files, policy), strict=True)}
    hidden = 0
    with (folder / "redaction" / "ledger.jsonl").open("w", encoding="utf-8") as ledger:
        for header in sorted(files, key=lambda one: (one.eval.created, names[id(one)].name)):  # as they are read again
            if policy.everything:
                with fsspec.open(header.location, "rb") as source, names[id(header)].open("wb") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
                continue
            log, entries = redacted_log(header, policy, salt)
            write_redacted(log, names[id(header)])
            hidden += len(entries)
            ledger.writelines(f"{json.dumps(entry, ensure_ascii=False, sort_keys=True)}\n" for entry in entries)
    for run in [] if policy.everything else runs:
        _same_figures(run, [str(names[id(part)]) for part in places(run)], policy)
    return hidden


def _all_there(logs: Path, folder: Path) -> None:
    lost = {path.name for path in logs.iterdir()} - {path.name for path in (folder / LOGS).iterdir()}
    if lost:
        raise ConfigurationError(f"{', '.join(sorted(lost))}: parts of a log that is given whole; leave these out")


def _names(headers: list[EvalLog], policy: RedactionPolicy) -> list[str]:
    """Names of the logs in the bundle: their own, in plain letters, each once."""
    found: list[str] = []
    for header in headers:
        stem, _, kind = Path(header.location).name.rpartition(".")
        plain = re.sub(r"[^\w.+-]", "-", stem, flags=re.ASCII)[:80]
        kind = kind if policy.everything else "eval"
        if kind == "json":  # Inspect takes a `.json` for a log only under a name as it gives one
            spec = header.eval
            plain = re.sub(
                r"[^\w.+-]", "-", f"{spec.created}_{spec.task}"[:57] + f"_{spec.eval_id}"[:23], flags=re.ASCII
            )
        name = f"{plain}.{kind}"
        found.append(name if name not in found else f"{plain[:50]}_{header.eval.eval_id[:22]}_{len(found)}.{kind}")
    return found


def _same_figures(before: EvalLog, after: list[str], policy: RedactionPolicy) -> None:
    """Refuse a policy that hides what figures rest on."""
    apart = {"log", "subject"}
    try:
        new = finding_of(find_runs(after)[0][0]).model_dump(mode="json", exclude=apart)
    except Exception as error:
        why = str(error).splitlines()[0] if str(error) else ""
        raise ConfigurationError(
            f"{policy.name}: {before.location}: hides what the figures rest on ({type(error).__name__}: {why})"
        ) from error
    old = finding_of(before).model_dump(mode="json", exclude=apart)
    differ = [key for key in old if old[key] != new[key]]
    if differ:
        raise ConfigurationError(f"{policy.name}: {before.location}: hides what {', '.join(differ)} rest on")


def _copy_files(asked: BundleRequest, policy_file: Path, folder: Path) -> None:
    for source, name in (
        (asked.subject, "subject.yaml"),
        (asked.protocol, "protocol.yaml"),
        (policy_file, "redaction/policy.yaml"),
        *((path, f"attached/{path.name}") for path in asked.attached),
    ):
        (folder / name).parent.mkdir(exist_ok=True)
        try:
            shutil.copyfile(source, folder / name)
        except OSError as error:
            raise ConfigurationError(f"{source}: {error.strerror}") from error
    (folder / "README.md").write_text(words().readme, encoding="utf-8")


def _manifest(folder: Path, policy: RedactionPolicy, left_out: Any, key: Any) -> str | None:
    """Write the manifest, its envelope and the digests; the signer's fingerprint."""
    if key is not None:
        (folder / KEY).write_bytes(signing.public_pem(key.public_key()))
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    versions = {name: version(name) for name in _WITH_NUMBERS}
    told = {"policy": policy.name, "versions": versions, "left_out": left_out}
    manifest = signing.statement(folder, names, told)
    (folder / MANIFEST).write_bytes(manifest)
    if key is not None:
        (folder / ENVELOPE).write_bytes(signing.envelope_of(manifest, key))
    (folder / SUMS).write_bytes(sums(folder))
    return key and signing.fingerprint(key.public_key())
