"""What two reports of the same audit have in common: `results.json` without where and when its logs were made.

An audit that was run in shards, on several machines or with retries has the same findings as one that was run in one
go, and other files. Apart from the keys that are named here, both reports are equal to the last digit.
"""

from collections.abc import Mapping
from typing import Any

from unmask.audits.report.results import Results

__all__ = ["DECLARED", "comparable"]

DECLARED: Mapping[str, tuple[str, ...]] = {
    "": ("faults", "figures"),
    "finding": ("log", "eval_id", "created"),
    "provenance": ("log", "sha256", "eval_id", "run_id", "created", "config", "shards"),
    "evidence": ("link",),
}
"""Keys that may differ: of the whole, of each finding, of its provenance, and of its evidence.

`faults` names logs that were passed over, `figures` the files of the drawings, `config` the concurrency.
"""


def comparable(results: Results) -> dict[str, Any]:
    """A report's results without the declared keys, for `==`.

    Args:
        results: As `write_report` gives them, or read from `results.json`.
    """
    whole = results.model_dump(mode="json")
    kept = _without(whole, "")
    kept["findings"] = [
        one
        | {part: _without(one[part], part) for part in ("finding", "provenance")}
        | {"evidence": [_without(quoted, "evidence") for quoted in one["evidence"]]}
        for one in whole["findings"]
    ]
    return kept


def _without(part: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key not in DECLARED[name]}
