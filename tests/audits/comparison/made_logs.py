"""Logs whose outcomes are known."""

import json
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log

from unmask.audits.findings import find_logs
from unmask.audits.imports import import_transcripts

__all__ = ["ITEMS", "Made", "headers", "made"]

ITEMS = 18
CONDITIONS = {
    "on": {"arm": "treatment"},
    "off": {"arm": "control"},
    "on_placebo": {"arm": "treatment", "stratum": "placebo"},
    "off_placebo": {"arm": "control", "stratum": "placebo"},
}
Made = Callable[..., str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Makes a log in which the first so many items of a condition show the behaviour, and says where it lies.

    One import serves all logs that differ in the outcomes, the subject and the date.
    """
    numbers, bases, known = count(), dict[str, EvalLog](), dict[str, str]()

    def make(shown: Mapping[str, int], *, date: str = "2025-01-01", model: str = "acme/m-1", **more: Any) -> str:
        key, base = json.dumps([shown, date, model, more], sort_keys=True), json.dumps(more, sort_keys=True)
        folder = tmp_path_factory.mktemp(f"log{next(numbers)}")
        if base not in bases:
            bases[base] = _imported(folder, **more)
        if key not in known:
            known[key] = _with_outcomes(bases[base].model_copy(deep=True), shown, date, model, folder / "run.eval")
        return known[key]

    return make


def _imported(
    folder: Path,
    *,
    items: int = ITEMS,
    first: int = 0,
    by: str = "labels",
    threat: str = "alignment_faking",
    odd: bool = False,
) -> EvalLog:
    rows = [
        {"item": f"i{n}", "condition": name, "score": 0.0, "date": "2025-01-01", "model": "acme/m-1"}
        | {"prompt": f"Job {n}{' anew' if odd and n == 0 else ''}.", "reply": "Done."}
        for n in range(first, first + items)
        for name in CONDITIONS
    ]
    columns = {name: name for name in rows[0]}
    told = {"kind": "long", "columns": columns, "conditions": CONDITIONS, "score": {"by": by}}
    (folder / "map.yaml").write_text(yaml.safe_dump(told))
    (folder / "runs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    [log] = import_transcripts(
        folder / "runs.jsonl", threat=threat, map=str(folder / "map.yaml"), out=folder / "logs", display="none"
    ).logs
    return read_eval_log(log.location)


def _with_outcomes(log: EvalLog, shown: Mapping[str, int], date: str, model: str, path: Path) -> str:
    log.eval.model = f"imported/{model}"
    (log.eval.metadata or {})["source"]["date"] = date
    for sample in log.samples or []:
        for name, score in (sample.scores or {}).items():
            if name.startswith("given_"):
                score.value = float(int(sample.metadata["item"][1:]) < shown.get(sample.metadata["condition"], 0))
    write_eval_log(log, path)
    return str(path)


def headers(*paths: str) -> list[EvalLog]:
    return find_logs(paths)[0]
