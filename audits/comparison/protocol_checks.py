"""Were two runs made alike? What differs between them, and what that does to a comparison."""

from typing import Any

from inspect_ai.log import EvalLog

from unmask.audits.comparison.comparison_words import comparison_words
from unmask.audits.findings import Finding
from unmask.audits.findings.sentences import share

__all__ = ["protocol_faults"]

_ASKED = ("reasoning", "setting", "mode", "agent", "backend", "trigger")


def protocol_faults(before: tuple[EvalLog, Finding], after: tuple[EvalLog, Finding]) -> tuple[list[str], list[str]]:
    """What differs in the protocol of two runs.

    Args:
        before: The earlier log with its finding.
        after: The later one.

    Returns:
        What forbids a comparison, and what weakens it, a clause each.
    """
    refused: list[str] = []
    warned: list[str] = []
    for name, parts in _differences(before, after).items():
        check = comparison_words().checks[name]
        (refused if check.rule == "refuse" else warned).append(check.says.format(**parts))
    return refused, warned


def _differences(before: tuple[EvalLog, Finding], after: tuple[EvalLog, Finding]) -> dict[str, dict[str, Any]]:
    """Name of a check -> what is filled into its words, for those that strike."""
    found: dict[str, dict[str, Any]] = {}
    for name, old in _facts(*before).items():
        new = _facts(*after)[name]
        if old != new:
            found[name] = {"before": _told(old), "after": _told(new)}
    for kind in ("frames", "rubrics", "items"):
        old_files, new_files = _files(before[0], kind), _files(after[0], kind)
        differ = sorted(path for path in old_files | new_files if old_files.get(path) != new_files.get(path))
        if differ:
            found[kind] = {"differ": ", ".join(differ)}
    one, other = before[1], after[1]
    if one.subject.model == other.subject.model:
        found["same_subject"] = {"before": one.subject.model}
    if {one.status, other.status} != {"success"}:
        found["unfinished"] = {"before": one.status, "after": other.status}
    if one.offline_grader or other.offline_grader:
        found["offline"] = {}
    shares = [finding.missing.share if finding.missing else 0.0 for finding in (one, other)]
    if abs(shares[0] - shares[1]) > _UNEQUAL:
        found["unscored"] = {"before": share(shares[0]), "after": share(shares[1])}
    return found


_UNEQUAL = 0.05
"""Change of the share that could not be scored which is worth a word."""


def _facts(log: EvalLog, finding: Finding) -> dict[str, Any]:
    told = log.eval.metadata or {}
    contrast = told.get("contrast", {})
    return {
        "contrast": {key: contrast.get(key) for key in ("treatment", "control", "placebo", "neutral")},
        "asked": {key: told[key] for key in _ASKED if key in told},
        "scorer": finding.scorer,
        "graders": finding.graders,
        "suite": told.get("suite_version"),
        "task": log.eval.task_version,
        "inspect": log.eval.packages.get("inspect_ai"),
        "generation": finding.subject.generation,
    }


def _files(log: EvalLog, kind: str) -> dict[str, str]:
    """The log's data files of a kind, with their digests."""
    told = log.eval.metadata or {}
    files = {str(path): str(digest) for path, digest in (told.get("files") or {}).items()}
    if told.get("imported"):
        files = {path: digest for path, digest in files.items() if path != told.get("map")}
        files["frames of the map"] = str(told.get("map_sha256"))
    return {path: digest for path, digest in files.items() if _kind(path) == kind}


def _kind(path: str) -> str:
    return "frames" if "frames" in path else "rubrics" if "rubrics/" in path or "panels" in path else "items"


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_told(one)}" for key, one in value.items() if one) or "nothing"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nobody"
    return str(value)
