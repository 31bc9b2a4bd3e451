"""Checks a bundle offline, and says which file is at fault."""

import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from unmask.audits.bundles import signing
from unmask.audits.bundles.bundle import ENVELOPE, KEY, MANIFEST, SUMS
from unmask.audits.bundles.bundle_check import Check, OpenBundle, faults
from unmask.audits.bundles.bundle_ruling import ruling_check
from unmask.audits.bundles.claim_files import words
from unmask.audits.bundles.container import unpack
from unmask.audits.bundles.originals import compared_with_originals
from unmask.audits.bundles.recomputed import gaps_check, protocol_check, results_check, swollen_logs
from unmask.protocol.errors import ConfigurationError

__all__ = ["verify_bundle"]


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
        The checks, in order. Whatever cannot be read fails its own check. Nothing is computed from files that are
        not as they were bundled.

    Raises:
        ConfigurationError: If there is no such file, or a key cannot be used.
    """
    with tempfile.TemporaryDirectory(prefix="unmask-verify-") as work:
        found = unpack(bundle, Path(work))
        here = OpenBundle(Path(work), found.names, public_key)
        whole = [faults("container", [*found.faults, *swollen_logs(here)])]
        if not found.broken:
            whole += [_made("files", _files, here), _made("signature", _signature, here)]
        made: list[tuple[str, Callable[[OpenBundle], Check]]] = [
            ("protocol", protocol_check),
            ("results", results_check),
            ("ruling", ruling_check),
            ("gaps", gaps_check),
        ]
        if originals:
            made.append(("originals", lambda one: _originals(one, originals, salt)))
        if any(one.status == "failed" for one in whole[:2]):
            return [*whole, *(Check(name, "note", (words().notes["not_looked_at"],)) for name, _ in made)]
        return [*whole, *(_made(name, check, here) for name, check in made)]


def _made(name: str, check: Callable[[OpenBundle], Check], here: OpenBundle) -> Check:
    """A check, failed where what it reads is broken."""
    try:
        return check(here)
    except ConfigurationError as error:
        return Check(name, "failed", tuple(str(error).replace(f"{here.folder}/", "").splitlines()))
    except Exception as error:  # whatever a broken file makes of a reader
        told = str(error).replace(f"{here.folder}/", "").splitlines()
        return Check(name, "failed", (f"cannot be checked ({type(error).__name__}: {told[0] if told else ''})",))


def _files(here: OpenBundle) -> Check:
    """Every file is as the manifest has it, and there is no other."""
    missing = [f"{name}: missing" for name in (MANIFEST, SUMS) if not here.has(name)]
    if missing:
        return faults("files", missing)
    digests = {name: signing.sha256_of(here.folder / name) for name in here.names}
    listed = _sums(here)
    found = [f"{SUMS}: not as it was written"] if listed is None else []
    try:
        told = signing.canonical_loads(here.read(MANIFEST))
        of = {one["name"]: one["digest"]["sha256"] for one in told["subject"]}
    except (ValueError, KeyError, TypeError) as error:
        return faults("files", [*found, f"{MANIFEST}: cannot be read ({type(error).__name__})"])
    own = {MANIFEST, SUMS, ENVELOPE}
    for name in sorted(digests.keys() | of.keys() | (listed or {}).keys()):
        found += _of_file(name, digests, of, listed or {}, own)
    return faults("files", found, f"{len(digests)} files")


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


def _sums(here: OpenBundle) -> dict[str, str] | None:
    """What the file of digests says; None where it is not written as such a file is."""
    text = here.read(SUMS).decode("utf-8", "replace")
    lines = [re.fullmatch(r"([0-9a-f]{64})  (.+)", line) for line in text.split("\n")[:-1]]
    found = {line[2]: line[1] for line in lines if line}
    whole = "".join(f"{found[name]}  {name}\n" for name in sorted(found))
    return found if found and whole == text else None


def _signature(here: OpenBundle) -> Check:
    known = signing.public_key(here.public_key) if here.public_key else None
    if not here.has(ENVELOPE) and not here.has(KEY):
        return Check("signature", "failed" if known else "note", (words().notes["unsigned"],))
    own = signing.public_key(here.folder / KEY) if here.has(KEY) else None
    key = known or own
    if key is None or not here.has(ENVELOPE):
        return faults("signature", [f"{KEY if key is None else ENVELOPE}: missing"])
    fault = signing.signed_by(here.read(ENVELOPE), here.read(MANIFEST), key)
    if fault:
        return faults("signature", [f"{ENVELOPE}: {fault}"])
    told = words().notes["signed" if known else "unknown_key"].format(key=signing.fingerprint(key))
    return Check("signature", "ok" if known else "note", (told,))


def _originals(here: OpenBundle, originals: Sequence[str], salt: Path | None) -> Check:
    return faults("originals", compared_with_originals(here.folder, originals, salt))
