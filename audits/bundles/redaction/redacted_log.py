"""A log written anew with only what a policy shows."""

import hashlib
import hmac
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from inspect_ai.log import (
    EvalConfig,
    EvalDataset,
    EvalError,
    EvalLog,
    EvalMetric,
    EvalResults,
    EvalRevision,
    EvalSample,
    EvalScore,
    EvalSpec,
    EvalStats,
    read_eval_log,
    read_eval_log_sample_summaries,
    read_eval_log_samples_by_id,
    write_eval_log,
)
from inspect_ai.model import GenerateConfig

from unmask.audits.bundles.redaction.hidden_texts import HiddenTexts, Hider
from unmask.audits.bundles.redaction.redacted_sample import redacted_sample
from unmask.audits.bundles.redaction.redaction_policy import RedactionPolicy
from unmask.audits.findings.whole_runs import audit_key, shard_of
from unmask.protocol.errors import ConfigurationError
from unmask.scorers.sequential.put_off import ORDER

__all__ = ["redacted_log", "whole_samples", "write_redacted"]

_AT_ONCE = 8
"""Samples in memory before they are redacted."""


def whole_samples(header: EvalLog) -> Iterator[EvalSample]:
    """A log's samples with their attachments and without their events, a few in memory at a time.

    Args:
        header: The log's header, which knows where it lies. A `.json` log is read whole.
    """
    if header.location.endswith(".json"):
        yield from read_eval_log(header.location, resolve_attachments="full").samples or []
        return
    places = [(one.id, one.epoch) for one in read_eval_log_sample_summaries(header.location)]
    for some in _batches(places):
        yield from read_eval_log_samples_by_id(
            header.location, some, concurrency=2, resolve_attachments="full", exclude_fields={"events", "timelines"}
        )


def redacted_log(header: EvalLog, policy: RedactionPolicy, salt: bytes) -> tuple[EvalLog, list[dict[str, Any]]]:
    """Redact a log.

    Args:
        header: The log's header, which knows where it lies.
        policy: What is shown; not one that shows everything.
        salt: The secret of the digests.

    Returns:
        The redacted log, and the ledger of what is hidden in it.

    Raises:
        ConfigurationError: If what the policy hides stands in a sample's id.
    """
    samples, ledger, in_header = [], [], HiddenTexts()
    said = _one_line(json.dumps(header.model_dump(mode="json", exclude={"samples"}), ensure_ascii=False))
    for sample in whole_samples(header):
        try:
            found, entries, hidden = redacted_sample(sample, policy, salt, header.eval.eval_id)
        except ConfigurationError as error:
            raise ConfigurationError(f"{header.location}: {error}") from error
        samples.append(found)
        ledger += entries
        for text in hidden.texts:
            if _one_line(json.dumps(text, ensure_ascii=False)[1:-1]) in said:
                in_header.add(text, set())
    hider = Hider(salt, (_place(header, salt),), in_header)
    log = _header(header, policy, hider)
    log.samples = samples
    return log, hider.ledger + ledger


def _place(header: EvalLog, salt: bytes) -> str:
    """Where a header's texts stand: in the log; in the audit for a shard, so that shards are still known for such."""
    if shard_of(header) is None:
        return header.eval.eval_id
    return f"shards-{hmac.new(salt, audit_key(header).encode(), hashlib.sha256).hexdigest()[:22]}"


def write_redacted(log: EvalLog, path: Path) -> None:
    """Write a log so that the same log makes the same bytes: its parts bear no date.

    Args:
        log: With its samples.
        path: Ends in `.eval`.
    """
    fresh = path.with_suffix(".fresh.eval")
    write_eval_log(log, fresh, format="eval")
    with zipfile.ZipFile(fresh) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            undated = zipfile.ZipInfo(part.filename, date_time=(1980, 1, 1, 0, 0, 0))
            undated.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(undated, source.read(part))
    fresh.unlink()


def _header(given: EvalLog, policy: RedactionPolicy, hider: Hider) -> EvalLog:
    error = given.error and EvalError(
        message=hider.text("error" in policy.sample, "error", given.error.message), traceback="", traceback_ansi=""
    )
    return EvalLog(
        version=given.version,
        status=given.status,
        eval=_spec(given.eval, policy, hider),
        results=given.results and _results(given.results, policy, hider),
        stats=EvalStats(**_picked(given.stats, ("started_at", "completed_at", "model_usage", "role_usage"))),
        error=error,
        invalidated=given.invalidated,
    )


_NAMED = [
    "eval_set_id",
    "eval_id",
    "run_id",
    "created",
    "task",
    "task_id",
    "task_version",
    "task_registry_name",
    "model",
    "packages",
    "headline_metric",
    "task_display_name",
]

_LIMITS = [
    "limit",
    "epochs",
    "epochs_reducer",
    "fail_on_error",
    "continue_on_fail",
    "retry_on_error",
    "message_limit",
    "token_limit",
    "turn_limit",
    "time_limit",
    "working_limit",
    "cost_limit",
    "max_samples",
    "log_samples",
    "sample_shuffle",
]


def _spec(given: EvalSpec, policy: RedactionPolicy, hider: Hider) -> EvalSpec:
    generation = given.model_generate_config.model_dump(exclude_none=True)
    kept = hider.mapping(policy.generation, "generation", generation)
    data = given.dataset
    return EvalSpec(
        **_picked(given, _NAMED),
        dataset=EvalDataset(samples=data.samples, sample_ids=data.sample_ids, shuffled=data.shuffled),
        config=EvalConfig(**_picked(given.config, _LIMITS)),
        revision=given.revision
        and EvalRevision(type="git", origin="", commit=given.revision.commit, dirty=given.revision.dirty),
        metadata=hider.mapping(policy.log_metadata, "eval.metadata", given.metadata or {}),
        task_args=hider.mapping(policy.task_args, "eval.task_args", given.task_args),
        model_args=hider.mapping(policy.model_args, "eval.model_args", given.model_args),
        model_generate_config=GenerateConfig(**{key: kept[key] for key in kept if kept[key] == generation[key]}),
    )


def _results(given: EvalResults, policy: RedactionPolicy, hider: Hider) -> EvalResults:
    stops = given.early_stopping and given.early_stopping.model_copy(
        update={
            "metadata": {key: value for key, value in given.early_stopping.metadata.items() if key == ORDER},
            "early_stops": [
                one.model_copy(update={"reason": None, "metadata": None}) for one in given.early_stopping.early_stops
            ],
        }
    )
    metadata = hider.mapping(policy.log_metadata, "results.metadata", given.metadata or {})
    return EvalResults(
        **_picked(given, ("total_samples", "completed_samples", "logged_samples", "headline")),
        early_stopping=stops,
        scores=[_bare(one) for one in given.scores],
        metadata=metadata or None,
    )


def _bare(given: EvalScore) -> EvalScore:
    """A score's metrics without their parameters, which may hold texts."""
    metrics = {key: EvalMetric(name=one.name, group=one.group, value=one.value) for key, one in given.metrics.items()}
    names = ("name", "scorer", "reducer", "scored_samples", "unscored_samples")
    return EvalScore(**_picked(given, names), metrics=metrics)


def _picked(given: Any, names: Any) -> Mapping[str, Any]:
    return {name: getattr(given, name) for name in names}


def _one_line(text: str) -> str:
    return " ".join(text.replace("\\n", " ").replace("\\t", " ").split())


def _batches(places: list[tuple[str | int, int]]) -> Iterator[list[tuple[str | int, int]]]:
    for start in range(0, len(places), _AT_ONCE):
        yield places[start : start + _AT_ONCE]
