"""What can be computed again from a bundle: its results, the age of its protocol, the gaps in its claim."""

import json
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from unmask.audits.bundles import signing
from unmask.audits.bundles.bundle import MANIFEST
from unmask.audits.bundles.bundle_check import Check, OpenBundle, faults
from unmask.audits.bundles.bundle_results import LOGS, bundle_results, first_sample
from unmask.audits.bundles.claim_files import Protocol, SubjectFile, gaps_of, words
from unmask.audits.findings import find_logs
from unmask.protocol.files import load

__all__ = ["gaps_check", "protocol_check", "results_check", "swollen_logs"]


def protocol_check(here: OpenBundle) -> Check:
    """It is older than the first sample, the logs have its hash, and they were run as it says.

    Args:
        here: The bundle.
    """
    protocol, digest = load(here.folder / "protocol.yaml", Protocol), signing.sha256_of(here.folder / "protocol.yaml")
    headers, _ = find_logs([str(here.folder / LOGS)])
    found, notes = [], []
    fixed = protocol.fixed_at()
    hashes = []
    for header in headers:
        name, metadata = f"{LOGS}/{Path(header.location).name}", header.eval.metadata or {}
        begun, told = first_sample(header), metadata.get("protocol_sha256")
        hashes.append(told)
        if told is not None and told != digest:
            found.append(f"{name}: was run under another protocol ({told})")
        if fixed and begun and begun <= fixed:
            found.append(
                f"protocol.yaml: fixed {fixed.isoformat()}, after the first sample of {name} ({begun.isoformat()})"
            )
        found += _declared(protocol, name, metadata)
    notes += [words().notes["no_date"]] if fixed is None else []
    notes += [words().notes["no_hash"]] if hashes and hashes[0] is None else []
    if found:
        return faults("protocol", found)
    return Check("protocol", "note" if notes else "ok", tuple(notes) or (f"sha256 {digest}",))


def _declared(protocol: Protocol, name: str, metadata: dict[str, Any]) -> list[str]:
    contrast = metadata.get("contrast") or {}
    fixed = {"smallest_effect": protocol.smallest(str(metadata.get("threat"))), "alpha": protocol.alpha}
    return [
        f"{name}: {key} {contrast[key]}, but protocol.yaml has {value}"
        for key, value in fixed.items()
        if value is not None and key in contrast and contrast[key] != value
    ]


def results_check(here: OpenBundle) -> Check:
    """They come out of the logs again, to the byte.

    Args:
        here: The bundle.
    """
    subject, protocol = load(here.folder / "subject.yaml", SubjectFile), load(here.folder / "protocol.yaml", Protocol)
    anew, told = bundle_results(here.folder, subject, protocol), here.read("results.json")
    if anew == told:
        return Check("results", "ok", tuple(_said(one) for one in json.loads(anew)["findings"]))
    return faults("results", [f"results.json: {_first_difference(told, anew)}", *_other_versions(here)])


def _said(finding: dict[str, Any]) -> str:
    offline = f" ({words().notes['offline']})" if finding["offline_grader"] else ""
    return f"{finding['log']}: {finding['subject']['model']}: {finding['sentence']}{offline}"


MOST, TIMES = 1 << 30, 300
"""A log may unpack to so many bytes, and to more if that is not so many times its size."""


def swollen_logs(here: OpenBundle) -> list[str]:
    """Logs that unpack to far more than they show, which nobody should open.

    Args:
        here: The bundle.
    """
    found = []
    for name in (one for one in here.names if one.endswith(".eval")):
        try:
            with zipfile.ZipFile(here.folder / name) as log:
                whole = sum(part.file_size for part in log.infolist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
            found.append(f"{name}: no log ({error})")
            continue
        size = (here.folder / name).stat().st_size
        if whole > MOST and whole > TIMES * size:
            found.append(f"{name}: unpacks to {whole} bytes from {size}")
    return found


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


def _other_versions(here: OpenBundle) -> list[str]:
    told = json.loads(here.read(MANIFEST))["predicate"]["versions"]
    now = {name: version(name) for name in told}
    return [f"bundled with {name} {told[name]}, checked with {now[name]}" for name in told if told[name] != now[name]]


def gaps_check(here: OpenBundle) -> Check:
    """Blank fields of the subject and the protocol, and logs that were left out.

    Args:
        here: The bundle.
    """
    found = gaps_of("subject.yaml", load(here.folder / "subject.yaml", SubjectFile))
    found += gaps_of("protocol.yaml", load(here.folder / "protocol.yaml", Protocol))
    lines = [f"{gap.file}: {gap.field}: {gap.gap}" for gap in found]
    left = json.loads(here.read(MANIFEST))["predicate"]["left_out"]
    lines += [f"{one['log']}: left out: {one['why']}" for one in left]
    return Check("gaps", "note" if lines else "ok", tuple(lines))
