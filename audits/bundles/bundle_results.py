"""What the logs of a bundle come to: `results.json`, which anybody can compute again from the same logs."""

import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import rfc8785
from inspect_ai.log import EvalLog, read_eval_log_sample_summaries

from unmask.audits.bundles.claim_files import Protocol, SubjectFile, gaps_of
from unmask.audits.findings import find_runs, finding_of
from unmask.audits.findings.whole_runs import ShardedLog, places
from unmask.protocol.errors import ConfigurationError

__all__ = ["LOGS", "SCHEMA", "bundle_results", "first_sample", "rounded"]

SCHEMA = "urn:unmask:bundle-results:v1"

LOGS = "viewer/logs"
"""Where logs lie in a bundle."""

_DIGITS = 9


def bundle_results(folder: Path, subject: SubjectFile, protocol: Protocol) -> bytes:
    """Findings of the logs in a bundle, the harness that made them, and what the claim leaves open.

    Args:
        folder: The bundle's files.
        subject: What was tested.
        protocol: What was fixed before.

    Returns:
        Canonical JSON (RFC 8785). Numbers have nine significant digits, so that the last bits, in which processors
        differ, do not count.

    Raises:
        ConfigurationError: If a log cannot be used.
    """
    headers, faults = find_runs([str(folder / LOGS)])
    if broken := [one for one in faults if not one.superseded]:
        raise ConfigurationError("\n".join(f"{_name(one.log)}: {one.why}" for one in broken))
    logs = [(_name(header.location), header) for header in headers]
    files = [part for header in headers for part in places(header)]
    findings = [finding_of(header).model_copy(update={"log": name}) for name, header in logs]
    gaps = [*gaps_of("subject.yaml", subject), *gaps_of("protocol.yaml", protocol)]
    told = {
        "schema": SCHEMA,
        "findings": [one.model_dump(mode="json") for one in findings],
        "of_subject": {name: subject.model in (None, header.eval.model) for name, header in logs},
        "harness": {_name(part.location): _harness(part) for part in files},
        "gaps": [gap.model_dump(mode="json") for gap in gaps],
    }
    shards = {name: [_name(part.location) for part in run.shards] for name, run in logs if isinstance(run, ShardedLog)}
    passed = {_name(one.log): one.why for one in faults}
    told |= {key: value for key, value in (("shards", shards), ("passed_over", passed)) if value}
    return rfc8785.dumps(rounded(told))


def _name(location: str) -> str:
    return f"{LOGS}/{Path(location).name}"


def first_sample(header: EvalLog) -> datetime | None:
    """When a log's first sample began, or the run where samples do not say.

    Args:
        header: The log's header, which knows where it lies.
    """
    begun = [one.started_at for one in read_eval_log_sample_summaries(header.location) if one.started_at]
    told = min(map(str, begun)) if begun else str(header.stats.started_at or header.eval.created)
    return datetime.fromisoformat(told)


def rounded(value: Any) -> Any:
    """A value as canonical JSON can hold it, with nine significant digits.

    Args:
        value: Of plain types.
    """
    if isinstance(value, Mapping):
        return {str(key): rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(one) for one in value]
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return str(value)
    return value


def _harness(header: EvalLog) -> dict[str, Any]:
    spec, metadata = header.eval, header.eval.metadata or {}
    begun = first_sample(header)
    return {
        "created": str(spec.created),
        "first_sample": begun and begun.isoformat(),
        "task_version": str(spec.task_version),
        "packages": spec.packages,
        "commit": spec.revision and spec.revision.commit,
        "dirty": spec.revision and spec.revision.dirty,
        "limits": spec.config.model_dump(mode="json", exclude_none=True),
        "samples": spec.dataset.samples,
        **{key: metadata.get(key) for key in ("suite_version", "canary", "files", "seed", "protocol_sha256")},
    }
