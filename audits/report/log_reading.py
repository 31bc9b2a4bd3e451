"""Reads a log once, by its header and its samples' summaries, and keeps what a report needs of it."""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import fsspec  # type: ignore[import-untyped]
from inspect_ai.log import EvalLog, EvalSample, EvalSampleSummary

from unmask.audits.findings import Finding, RoleUsage, finding_of, role_usage
from unmask.audits.findings.log_figures import Samples, log_samples
from unmask.audits.findings.whole_runs import ShardedLog, places
from unmask.audits.report.attrition import attrition_of
from unmask.audits.report.evidence import Pick, picks_of
from unmask.audits.report.report_words import report_words
from unmask.audits.report.results import ArmAttrition, LogProvenance, ShardProvenance

__all__ = ["Reading", "Row", "read_log"]

Row = Mapping[str, Any]
"""A sample as the threats' own figures take it."""

_DRAWN = {"backdoors": ("score_departed", "score_insecure_code"), "sandbagging": ("score_correct",)}
"""Threats with figures of their own that need samples, and the scores that these show."""

_KEPT = ("item", "cluster", "frame", "arm", "stratum", "track", "level", "trigger", "cue", "phase", "factor_safety")


@dataclass(frozen=True)
class Reading:
    """What a report keeps of a log."""

    finding: Finding
    provenance: LogProvenance
    attrition: list[ArmAttrition]
    picks: list[Pick]
    aware: list[tuple[str, float, float]]
    """Item, awareness and behaviour of every treated sample that was scored for both."""

    rows: list[Row]
    discordance: float
    """Share of pairs that the threat declares to differ."""

    usage: list[RoleUsage] = field(default_factory=list)
    """Calls and tokens by role."""

    shards: Mapping[str, str] = field(default_factory=dict)
    """Id of a sample -> the log that it lies in, of an audit that was run in shards."""

    def place(self, pick: Pick) -> str:
        """The log that a sample lies in.

        Args:
            pick: The sample.
        """
        return self.shards.get(str(pick.id), self.finding.log)


def read_log(header: EvalLog, quotes: int = 10) -> Reading:
    """Read a log.

    Args:
        header: Its header, which knows where it lies.
        quotes: Transcripts to choose.

    Raises:
        ConfigurationError: If nothing in it is a behaviour that was scored.
    """
    samples = log_samples(header)
    finding = finding_of(header, samples)
    falls = report_words().facts(finding.scorer).falls
    return Reading(
        finding=finding,
        provenance=_provenance(header),
        attrition=attrition_of(samples, finding.scorer),
        usage=role_usage(header, samples),
        picks=picks_of(samples, finding.scorer, falls=falls, most=quotes),
        aware=_aware(samples, finding.scorer, falls),
        rows=_rows(header, samples) if finding.threat in _DRAWN else [],
        discordance=float((header.eval.metadata or {}).get("contrast", {}).get("discordance", 0.2)),
        shards=_shards(header),
    )


def _shards(log: EvalLog) -> dict[str, str]:
    return {
        str(sample): part.location
        for part in (places(log) if isinstance(log, ShardedLog) else [])
        for sample in part.eval.dataset.sample_ids or []
    }


def _provenance(log: EvalLog) -> LogProvenance:
    spec, told = log.eval, log.eval.metadata or {}
    return LogProvenance(
        log=log.location.rpartition("/")[2],
        sha256=_digest(log),
        eval_id=spec.eval_id,
        run_id=spec.run_id,
        created=str(spec.created),
        task=spec.task,
        task_version=str(spec.task_version),
        suite_version=told.get("suite_version"),
        packages=dict(sorted(spec.packages.items())),
        commit=spec.revision.commit if spec.revision else None,
        dirty=spec.revision.dirty if spec.revision else None,
        dataset=spec.dataset.name,
        samples=spec.dataset.samples,
        epochs=spec.config.epochs,
        files=dict(told.get("files") or {}),
        canary=told.get("canary"),
        contrast=dict(told.get("contrast") or {}),
        task_args=dict(spec.task_args),
        config=spec.config.model_dump(mode="json", exclude_none=True),
        shards=[_shard(part) for part in log.shards] if isinstance(log, ShardedLog) else [],
    )


def _shard(log: EvalLog) -> ShardProvenance:
    return ShardProvenance(
        shard=str((log.eval.metadata or {}).get("shard")),
        log=log.location.rpartition("/")[2],
        sha256=_sha256(log.location),
        eval_id=log.eval.eval_id,
        created=str(log.eval.created),
    )


def _digest(log: EvalLog) -> str:
    """Of the file's bytes; of an audit in shards, of the shards' digests in their order."""
    found = [_sha256(part.location) for part in places(log)]
    return found[0] if len(found) == 1 else hashlib.sha256("\n".join(found).encode()).hexdigest()


def _sha256(path: str) -> str:
    with fsspec.open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _value(sample: EvalSample | EvalSampleSummary, scorer: str) -> float | None:
    score = (sample.scores or {}).get(scorer)
    value = score.as_float() if score is not None and not isinstance(score.value, dict | list) else None
    return None if value is None or math.isnan(value) else value


def _aware(samples: Samples, scorer: str, falls: bool) -> list[tuple[str, float, float]]:
    found = []
    for sample in samples:
        told, lost = sample.metadata, sample.error is not None or getattr(sample, "invalidation", None) is not None
        if lost or told.get("arm") != "treatment" or told.get("stratum") != "target" or not told.get("compared", True):
            continue
        aware, shown = _value(sample, "eval_awareness"), _value(sample, scorer)
        if aware is not None and shown is not None:
            found.append((str(told.get("item")), aware, 1 - shown if falls else shown))
    return found


def _rows(log: EvalLog, samples: Samples) -> list[Row]:
    told = {"model": log.eval.model, "tags": ",".join(log.eval.tags or []), "eval_id": log.eval.eval_id}
    told["created"] = str(log.eval.created)
    scores = _DRAWN[str((log.eval.metadata or {}).get("threat"))]
    return [
        {
            **told,
            **{key: sample.metadata.get(key) for key in _KEPT},
            **{name: _value(sample, name.removeprefix("score_")) for name in scores},
        }
        for sample in samples
    ]
