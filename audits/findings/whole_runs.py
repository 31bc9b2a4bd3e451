"""Whole runs: of a log and its retries the one that counts, and the shards of an audit as one run."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from inspect_ai.log import EvalLog, EvalResults, EvalStats
from inspect_ai.model import ModelUsage
from pydantic import Field

from unmask.audits.findings.log_files import LogFault, find_logs

__all__ = ["ShardedLog", "audit_key", "find_runs", "places", "shard_of"]

_OWN = ("shard",)
"""What differs between the shards of an audit, in a task's arguments and in its metadata."""


class ShardedLog(EvalLog):
    """The header of an audit that was run in shards: it reads as that of one run over all their samples."""

    shards: list[EvalLog] = Field(default_factory=list)
    """Headers of the shards, in their order; each knows where it lies."""


def find_runs(paths: Iterable[str]) -> tuple[list[EvalLog], list[LogFault]]:
    """Read the headers of all runs at some places: as `find_logs`, but each run once.

    Of a log and those that `inspect eval-retry` or `inspect eval-set` made of it, the newest that ended well counts,
    and the newest where none did. The shards of one audit (the same task, arguments, data and model) are one run; of a
    shard that was run more than once, the newest that ended well counts. What is passed over is named among the faults.

    Args:
        paths: Files and folders, local or of any filesystem that fsspec knows (`s3://...`).

    Returns:
        Headers, that of an audit in shards as a `ShardedLog`; and what is not used, with the reason.

    Raises:
        ConfigurationError: If a place does not exist, or none of them holds a log.
    """
    headers, faults = find_logs(paths)
    kept, passed = _newest(headers, lambda log: log.eval.task_id or log.eval.eval_id, "a retry of the same run")
    known = {log.eval.task_id: log.eval.eval_id for log in kept if log.status == "success"}
    faults = [
        replace(fault, why=f"passed over: cut off, and continued in a retry ({fault.why})", superseded=True)
        if known.get(fault.task_id, fault.eval_id) != fault.eval_id
        else fault
        for fault in faults
    ]
    whole = [log for log in kept if shard_of(log) is None]
    parts, again = _newest([log for log in kept if shard_of(log)], _shard_key, "the same shard, run again")
    audits: dict[str, list[EvalLog]] = defaultdict(list)
    for log in parts:
        audits[audit_key(log)].append(log)
    joined = [_joined(sorted(found, key=lambda log: shard_of(log) or (0, 0))) for found in audits.values()]
    return sorted([*whole, *joined], key=lambda log: (log.eval.created, log.location)), [*faults, *passed, *again]


def shard_of(log: EvalLog) -> tuple[int, int] | None:
    """Which of how many shards a log holds; None where it holds a whole run.

    Args:
        log: Its header.
    """
    told = str((log.eval.metadata or {}).get("shard") or "")
    number, _, of = told.partition("/")
    return (int(number), int(of)) if number.isdecimal() and of.isdecimal() else None


def places(log: EvalLog) -> list[EvalLog]:
    """The headers of the files that a run lies in: its shards', or its own.

    Args:
        log: A run's header.
    """
    return log.shards if isinstance(log, ShardedLog) else [log]


def _newest(headers: Sequence[EvalLog], key: Any, why: str) -> tuple[list[EvalLog], list[LogFault]]:
    """Of logs with the same key the newest that ended well, else the newest; copies of one log are all kept."""
    groups: dict[str, list[EvalLog]] = defaultdict(list)
    for log in headers:
        groups[key(log)].append(log)
    kept, passed = [], []
    for found in groups.values():
        best = max(found, key=lambda log: (log.status == "success", str(log.eval.created), log.location))
        for log in found:
            if log.eval.eval_id == best.eval.eval_id:
                kept.append(log)
            else:
                name = best.location.rpartition("/")[2]
                passed.append(LogFault(log.location, f"passed over: {why} counts ({name})", superseded=True))
    return kept, passed


def audit_key(log: EvalLog) -> str:
    """What the shards of one audit have in common; not where the model was served, which differs between machines.

    Args:
        log: A shard's header.
    """
    spec = log.eval
    _, of = shard_of(log) or (1, 1)
    roles = {name: _model(one) for name, one in (spec.model_roles or {}).items()}
    config = spec.config.model_dump(mode="json", include={"limit", "sample_id", "epochs", "epochs_reducer"})
    told = {
        "of": of,
        "task": [spec.task, str(spec.task_version), spec.solver, spec.solver_args],
        "arguments": {key: value for key, value in spec.task_args.items() if key not in _OWN},
        "model": [spec.model, spec.model_args, spec.model_generate_config.model_dump(mode="json", exclude_none=True)],
        "roles": roles,
        "config": config,
        "metadata": {key: value for key, value in (spec.metadata or {}).items() if key not in _OWN},
    }
    return json.dumps(told, sort_keys=True, default=str)


def _model(told: Any) -> Any:
    if isinstance(told, list):
        return [_model(one) for one in told]
    return told.model_dump(mode="json", exclude={"base_url"})


def _shard_key(log: EvalLog) -> str:
    return f"{shard_of(log)} {audit_key(log)}"


def _joined(parts: Sequence[EvalLog]) -> ShardedLog:
    """One header over the shards of an audit."""
    first = parts[0]
    _, of = shard_of(first) or (1, 1)
    present = {shard_of(log) for log in parts}
    badly = [log.status for log in parts if log.status != "success"]
    results = [log.results or EvalResults() for log in parts]
    spec = first.eval.model_copy(
        update={
            "created": min(log.eval.created for log in parts),
            "task_args": first.eval.task_args | dict.fromkeys(_OWN),
            "metadata": _metadata(first, sorted(f"{n}/{of}" for n in range(1, of + 1) if (n, of) not in present)),
            "dataset": first.eval.dataset.model_copy(
                update={"samples": sum(log.eval.dataset.samples or 0 for log in parts), "sample_ids": None}
            ),
        }
    )
    joined = EvalResults(
        total_samples=sum(one.total_samples for one in results),
        completed_samples=sum(one.completed_samples for one in results),
        headline=results[0].headline,
    )
    status = badly[0] if badly else "success" if len(present) == of else "cancelled"
    return ShardedLog(
        version=first.version,
        status=status,
        eval=spec,
        plan=first.plan,
        results=joined,
        stats=_stats(parts),
        location=first.location,
        shards=list(parts),
    )


def _stats(parts: Sequence[EvalLog]) -> EvalStats:
    """When the first shard began and the last one ended, and what all of them used."""
    known = [log.stats for log in parts]
    return EvalStats(
        started_at=min((one.started_at for one in known if one.started_at), default=""),
        completed_at=max((one.completed_at for one in known if one.completed_at), default=""),
        model_usage=_sum([one.model_usage for one in known]),
        role_usage=_sum([one.role_usage for one in known]),
    )


def _sum(parts: Sequence[Mapping[str, ModelUsage]]) -> dict[str, ModelUsage]:
    total: dict[str, ModelUsage] = {}
    for name, usage in (pair for part in parts for pair in part.items()):
        total[name] = total[name] + usage if name in total else usage
    return total


def _metadata(first: EvalLog, missing: list[str]) -> dict[str, Any]:
    kept = {key: value for key, value in (first.eval.metadata or {}).items() if key not in _OWN}
    return kept | ({"missing_shards": missing} if missing else {})
