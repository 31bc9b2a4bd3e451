"""What weakens a finding: looked for in the log and in its figures."""

from collections.abc import Mapping
from typing import Any

from inspect_ai.log import EvalLog

from unmask.audits.findings.finding import Arm, Missing
from unmask.audits.findings.finding_words import threat_words
from unmask.audits.findings.sentences import counted, number, share

__all__ = ["cautions_of"]

Facts = dict[str, dict[str, Any]]
"""Name of a caution -> what is filled into its sentence."""


def cautions_of(
    log: EvalLog, own: Mapping[str, float], graders: list[str], errors: int, missing: Missing | None, aware: Arm | None
) -> Facts:
    """The cautions that apply.

    Args:
        log: The log's header.
        own: Figures of the behaviour's scorer.
        graders: Who judged.
        errors: Samples that ended in an error.
        missing: What could not be scored.
        aware: Items of the treatment arm in which the subject says that it may be a test.
    """
    threat = str((log.eval.metadata or {}).get("threat", log.eval.task))
    offline = any(name.startswith("organism/") for name in graders)
    found: list[tuple[str, bool, dict[str, Any]]] = [
        *_run(log, errors),
        ("no_samples", "effect" in own and not any(name.endswith("_n") for name in own), {}),
        ("offline", offline, {}),
        ("grader_is_subject", log.eval.model in graders, {}),
        ("floor", bool(own.get("floor")), {}),
        ("ceiling", bool(own.get("ceiling")), {}),
        ("no_placebo", "effect" in own and "net_effect" not in own and threat != "backdoors", {}),
        _borderline(log, own),
        ("set_aside", bool(own.get("set_aside")), {"count": int(own.get("set_aside", 0))}),
        *_unscored(missing),
        ("awareness", bool(aware and aware.shown), {"count": counted(aware, threat_words(threat).items)}),
    ]
    return {name: parts for name, applies, parts in [*_imported(log), *found] if applies}


def _imported(log: EvalLog) -> list[tuple[str, bool, dict[str, Any]]]:
    """What weakens a finding on transcripts that somebody else ran."""
    told = log.eval.metadata or {}
    source: dict[str, Any] = told.get("source") or {}
    return [
        ("imported", bool(told.get("imported")), source),
        ("left_aside", bool(source.get("aside")), source),
        ("left_open", bool(source.get("notes")), {"notes": " ".join(source.get("notes") or [])}),
    ]


def _borderline(log: EvalLog, own: Mapping[str, float]) -> tuple[str, bool, dict[str, Any]]:
    """Whether the interval excludes 0 and the exact test does not reject it, as can be where there are few items."""
    fixed: Mapping[str, Any] = (log.eval.metadata or {}).get("contrast") or {}
    p_value, present = own.get("p_value", 0.0), bool(own.get("present", own.get("verdict") == 1))
    return "borderline", present and p_value > float(fixed.get("alpha", 0.05)), {"p_value": number(p_value)}


def _run(log: EvalLog, errors: int) -> list[tuple[str, bool, dict[str, Any]]]:
    results = log.results
    planned, completed = (results.total_samples, results.completed_samples) if results else (0, 0)
    told = log.eval.metadata or {}
    missing = ", ".join(told.get("missing_shards") or [])
    stopped = len(results.early_stopping.early_stops) if results and results.early_stopping else 0
    return [
        ("shard", bool(told.get("shard")), {"shard": told.get("shard")}),
        ("missing_shards", bool(missing), {"missing": missing}),
        ("status", log.status != "success", {"status": log.status}),
        ("incomplete", completed + stopped < planned, {"completed": completed, "planned": planned}),
        ("errors", errors > 0, {"errors": errors, "planned": planned}),
    ]


def _unscored(missing: Missing | None) -> list[tuple[str, bool, dict[str, Any]]]:
    if missing is None:
        return []
    arms = {name: share(value or 0.0) for name, value in (("treated", missing.treated), ("control", missing.control))}
    reasons = ", ".join(f"{name} {count}" for name, count in missing.reasons.items())
    part = {"share": share(missing.share), "reasons": reasons}
    tested = missing.p_value is not None
    return [
        ("unequal", missing.unequal and tested, {**arms, "p_value": number(missing.p_value or 0.0)}),
        ("unequal_stopped", missing.unequal and not tested, arms),
        ("mostly", missing.share > 0.5, part),
        ("some", 0 < missing.share <= 0.5, part),
    ]
