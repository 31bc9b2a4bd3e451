"""Checks a bundle offline, and says which file is at fault."""

import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from unmask.audits.bundles import signing
from unmask.audits.bundles.bundle import ENVELOPE, KEY, MANIFEST, SUMS
from unmask.audits.bundles.bundle_results import LOGS, bundle_results, first_sample
from unmask.audits.bundles.claim_files import Protocol, SubjectFile, gaps_of, words
from unmask.audits.bundles.container import unpack
from unmask.audits.bundles.originals import compared_with_originals
from unmask.audits.findings import find_logs
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import load

__all__ = ["Check", "verify_bundle"]

Status = Literal["ok", "failed", "note"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    name: str
    """A key of the sentences' `checks`."""

    status: Status
    """`note` where nothing is wrong and something is open."""

    lines: tuple[str, ...] = ()
    """What was found; faults begin with the name of the file."""

    @property
    def title(self) -> str:
        """In words."""
        return words().checks[self.name]


@dataclass
class _Bundle:
    """A bundle's files, and what was asked for."""

    folder: Path
    names: list[str]
    public_key: Path | None

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def has(self, name: str) -> bool:
        return name in self.names


def verify_bundle(
    bundle: Path, *, public_key: Path | None = None, originals: Sequence[str] = (), salt: Path | None = None
) -> list[Check]:
    """Check a bundle.

    Args:
        bundle: The file.
        public_key: Of whoever has to have signed it.
        originals: Logs as they were before they were redacted, for an auditor who has access to them.
        salt: The secret of the digests, with them.

    Returns:
        The checks, in order. Whatever cannot be read fails its own check, and the others are made all the same.

    Raises:
        ConfigurationError: If there is no such file, or a key cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="unmask-verify-") as work:
        folder = Path(work)
        found = unpack(bundle, folder)
        here = _Bundle(folder, found.names, public_key)
        checks = [_faults("container", found.faults)]
        made: list[tuple[str, Callable[[_Bundle], Check]]] = [
            ("files", _files),
            ("signature", _signature),
            ("protocol", _protocol),
            ("results", _results),
            ("gaps", _gaps),
        ]
        if originals:
            made.append(("originals", lambda one: _originals(one, originals, salt)))
        return [*checks, *(_made(name, check, here) for name, check in made)]


def _made(name: str, check: Callable[[_Bundle], Check], here: _Bundle) -> Check:
    """A check, failed where what it reads is broken."""
    try:
        return check(here)
    except ConfigurationError as error:
        return Check(name, "failed", tuple(str(error).replace(f"{here.folder}/", "").splitlines()))
    except Exception as error:  # whatever a broken file makes of a reader
        told = str(error).replace(f"{here.folder}/", "").splitlines()
        return Check(name, "failed", (f"cannot be checked ({type(error).__name__}: {told[0] if told else ''})",))


def _faults(name: str, faults: Sequence[str], fine: str = "") -> Check:
    return Check(name, "failed", tuple(faults)) if faults else Check(name, "ok", (fine,) if fine else ())


def _files(here: _Bundle) -> Check:
    """Every file is as the manifest has it, and there is no other."""
    faults = [f"{name}: missing" for name in (MANIFEST, SUMS) if not here.has(name)]
    if faults:
        return _faults("files", faults)
    digests = {name: signing.sha256_of(here.folder / name) for name in here.names}
    listed = _sums(here)
    faults += [f"{SUMS}: not as it was written"] if listed is None else []
    try:
        told = signing.rfc8785_loads(here.read(MANIFEST))
        of = {one["name"]: one["digest"]["sha256"] for one in told["subject"]}
    except (ValueError, KeyError, TypeError) as error:
        return _faults("files", [*faults, f"{MANIFEST}: cannot be read ({type(error).__name__})"])
    own = {MANIFEST, SUMS, ENVELOPE}
    for name in sorted(digests.keys() | of.keys() | (listed or {}).keys()):
        faults += _of_file(name, digests, of, listed or {}, own)
    return _faults("files", faults, f"{len(digests)} files")


def _of_file(
    name: str, digests: dict[str, str], of: dict[str, str], listed: dict[str, str], own: set[str]
) -> list[str]:
    if name not in digests:
        return [f"{name}: missing"]
    if name not in own and name not in of:
        return [f"{name}: not in the manifest"]
    if name not in own and of[name] != digests[name]:
        return [f"{name}: not as it was bundled"]
    if name != SUMS and listed and listed.get(name) != digests[name]:
        return [f"{name if name in own else SUMS}: not as it was bundled"]
    return []


def _sums(here: _Bundle) -> dict[str, str] | None:
    """What the file of digests says; None where it is not written as such a file is."""
    text = here.read(SUMS).decode("utf-8", "replace")
    lines = [re.fullmatch(r"([0-9a-f]{64})  (.+)", line) for line in text.split("\n")[:-1]]
    found = {line[2]: line[1] for line in lines if line}
    whole = "".join(f"{found[name]}  {name}\n" for name in sorted(found))
    return found if found and whole == text else None


def _signature(here: _Bundle) -> Check:
    known = signing.public_key(here.public_key) if here.public_key else None
    if not here.has(ENVELOPE) and not here.has(KEY):
        return Check("signature", "failed" if known else "note", (words().notes["unsigned"],))
    own = signing.public_key(here.folder / KEY) if here.has(KEY) else None
    key = known or own
    if key is None or not here.has(ENVELOPE):
        return _faults("signature", [f"{KEY if key is None else ENVELOPE}: missing"])
    fault = signing.signed_by(here.read(ENVELOPE), here.read(MANIFEST), key)
    if fault:
        return _faults("signature", [f"{ENVELOPE}: {fault}"])
    told = words().notes["signed" if known else "unknown_key"].format(key=signing.fingerprint(key))
    return Check("signature", "ok" if known else "note", (told,))


def _protocol(here: _Bundle) -> Check:
    """It is older than the first sample, the logs have its hash, and they were run as it says."""
    protocol, digest = load(here.folder / "protocol.yaml", Protocol), signing.sha256_of(here.folder / "protocol.yaml")
    headers, _ = find_logs([str(here.folder / LOGS)])
    faults, notes = [], []
    fixed = protocol.fixed_at()
    hashes = []
    for header in headers:
        name, metadata = f"{LOGS}/{Path(header.location).name}", header.eval.metadata or {}
        begun, told = first_sample(header), metadata.get("protocol_sha256")
        hashes.append(told)
        if told is not None and told != digest:
            faults.append(f"{name}: was run under another protocol ({told})")
        if fixed and begun and begun <= fixed:
            faults.append(
                f"protocol.yaml: fixed {fixed.isoformat()}, after the first sample of {name} ({begun.isoformat()})"
            )
        faults += _declared(protocol, name, metadata)
    notes += [words().notes["no_date"]] if fixed is None else []
    notes += [words().notes["no_hash"]] if hashes and hashes[0] is None else []
    if faults:
        return _faults("protocol", faults)
    return Check("protocol", "note" if notes else "ok", tuple(notes) or (f"sha256 {digest}",))


def _declared(protocol: Protocol, name: str, metadata: dict[str, Any]) -> list[str]:
    contrast = metadata.get("contrast") or {}
    fixed = {"smallest_effect": protocol.smallest(str(metadata.get("threat"))), "alpha": protocol.alpha}
    return [
        f"{name}: {key} {contrast[key]}, but protocol.yaml has {value}"
        for key, value in fixed.items()
        if value is not None and key in contrast and contrast[key] != value
    ]


def _results(here: _Bundle) -> Check:
    """They come out of the logs again, to the byte."""
    for path in sorted((here.folder / LOGS).glob("*.eval")):
        _no_bomb(path)
    subject, protocol = load(here.folder / "subject.yaml", SubjectFile), load(here.folder / "protocol.yaml", Protocol)
    anew, told = bundle_results(here.folder, subject, protocol), here.read("results.json")
    if anew == told:
        return Check("results", "ok", tuple(_said(one) for one in json.loads(anew)["findings"]))
    faults = [f"results.json: {_first_difference(told, anew)}"]
    return _faults("results", [*faults, *_other_versions(here)])


def _said(finding: dict[str, Any]) -> str:
    offline = f" ({words().notes['offline']})" if finding["offline_grader"] else ""
    return f"{finding['log']}: {finding['subject']['model']}: {finding['sentence']}{offline}"


MOST, TIMES = 1 << 30, 300
"""A log may unpack to so many bytes, and to more if that is not so many times its size."""


def _no_bomb(path: Path) -> None:
    """Refuse a log that unpacks to far more than it shows."""
    with zipfile.ZipFile(path) as log:
        whole = sum(part.file_size for part in log.infolist())
    if whole > MOST and whole > TIMES * path.stat().st_size:
        raise ConfigurationError(f"{path}: unpacks to {whole} bytes from {path.stat().st_size}")


def _first_difference(told: bytes, anew: bytes) -> str:
    try:
        pairs = _differences(json.loads(told), json.loads(anew), "")
    except ValueError:
        return "cannot be read"
    return "; ".join(pairs[:3]) or "not in canonical form"


def _differences(told: Any, anew: Any, place: str) -> list[str]:
    if isinstance(told, dict) and isinstance(anew, dict):
        keys = sorted(told.keys() | anew.keys())
        return [line for key in keys for line in _differences(told.get(key), anew.get(key), f"{place}.{key}")]
    if isinstance(told, list) and isinstance(anew, list) and len(told) == len(anew):
        pairs = enumerate(zip(told, anew, strict=True))
        return [line for at, (old, new) in pairs for line in _differences(old, new, f"{place}[{at}]")]
    return [] if told == anew else [f"{place.lstrip('.')} is {told!r:.60}, the logs give {anew!r:.60}"]


def _other_versions(here: _Bundle) -> list[str]:
    told = json.loads(here.read(MANIFEST))["predicate"]["versions"]
    now = {name: version(name) for name in told}
    return [f"bundled with {name} {told[name]}, checked with {now[name]}" for name in told if told[name] != now[name]]


def _gaps(here: _Bundle) -> Check:
    files = {"subject.yaml": SubjectFile, "protocol.yaml": Protocol}
    found = [gap for name, kind in files.items() for gap in gaps_of(name, load(here.folder / name, kind))]
    lines = [f"{gap.file}: {gap.field}: {gap.gap}" for gap in found]
    left = json.loads(here.read(MANIFEST))["predicate"]["left_out"]
    lines += [f"{one['log']}: left out: {one['why']}" for one in left]
    return Check("gaps", "note" if lines else "ok", tuple(lines))


def _originals(here: _Bundle, originals: Sequence[str], salt: Path | None) -> Check:
    return _faults("originals", compared_with_originals(here.folder, originals, salt))
