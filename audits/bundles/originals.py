"""Holds the logs of a bundle against the originals, for an auditor who has access to them and to the salt."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]
from inspect_ai.log import EvalLog, read_eval_log

from unmask.audits.bundles.bundle import read_salt
from unmask.audits.bundles.bundle_results import LOGS
from unmask.audits.bundles.redaction import RedactionPolicy, redacted_log
from unmask.audits.findings import find_logs
from unmask.protocol.files import load

__all__ = ["compared_with_originals"]


def compared_with_originals(folder: Path, originals: Sequence[str], salt: Path | None) -> list[str]:
    """Redact the originals again, by the policy in the bundle, and compare.

    Args:
        folder: The bundle's files.
        originals: Files and folders.
        salt: The secret of the digests; not needed where nothing was hidden.

    Returns:
        A line for each log that is not what the original gives, with the place.

    Raises:
        ConfigurationError: If there are no originals, or the salt is missing.
    """
    policy = load(folder / "redaction" / "policy.yaml", RedactionPolicy)
    secret = b"" if policy.everything else read_salt(salt, make=False)
    whole = {header.eval.eval_id: header for header in find_logs(originals)[0]}
    faults: list[str] = []
    ledger: list[dict[str, Any]] = []
    for header in find_logs([str(folder / LOGS)])[0]:
        name = f"{LOGS}/{Path(header.location).name}"
        original = whole.get(header.eval.eval_id)
        if original is None:
            faults.append(f"{name}: no original of it")
        elif policy.everything:
            faults += [] if _same_bytes(header, original) else [f"{name}: not the original's bytes"]
        else:
            log, entries = redacted_log(original, policy, secret)
            ledger += entries
            faults += [f"{name}: {line}" for line in _difference(header.location, log)]
    if not policy.everything and not faults:
        faults += _ledger(folder / "redaction" / "ledger.jsonl", ledger)
    return faults


def _same_bytes(one: EvalLog, other: EvalLog) -> bool:
    with fsspec.open(one.location, "rb") as first, fsspec.open(other.location, "rb") as second:
        while True:
            left, right = first.read(1 << 20), second.read(1 << 20)
            if left != right:
                return False
            if not left:
                return True


def _difference(path: str, anew: EvalLog) -> list[str]:
    """Where a log first differs from what the original gives."""
    told = read_eval_log(path, resolve_attachments="full")
    if _plain(told, {"samples", "reductions"}) != _plain(anew, {"samples", "reductions"}):
        return ["its header is not what the original gives"]
    olds = {(one.id, one.epoch): one for one in told.samples or []}
    for new in anew.samples or []:
        old = olds.pop((new.id, new.epoch), None)
        if old is None:
            return [f"sample {new.id}, epoch {new.epoch}: missing"]
        left, right = (one.model_dump(mode="json", exclude={"attachments", "events_data"}) for one in (old, new))
        fields = [key for key in left if json.dumps(left[key]) != json.dumps(right[key])]
        if fields:
            return [f"sample {new.id}, epoch {new.epoch}: {', '.join(fields)} not what the original gives"]
    return [f"sample {place[0]}, epoch {place[1]}: not in the original" for place in olds]


def _plain(log: EvalLog, apart: set[str]) -> str:
    return json.dumps(log.model_dump(mode="json", exclude=apart), sort_keys=True)


def _ledger(path: Path, entries: list[dict[str, Any]]) -> list[str]:
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    wrong = next((at for at, (old, new) in enumerate(zip(told, entries, strict=False)) if old != new), None)
    if wrong is None and len(told) == len(entries):
        return []
    return [f"redaction/ledger.jsonl: entry {min(len(told), len(entries)) if wrong is None else wrong} differs"]
