r"""What becomes of runs whose provider fails, that are killed, and that several processes share.

    python tests/benchmarks/faults.py --faults .3 --seeds 20 --rows ROWS --out docs/guide/faults.md
    python tests/benchmarks/faults.py --kill 20 --rows ROWS --out docs/guide/faults.md
    python tests/benchmarks/faults.py --kill 20 --again eval-set --rows ROWS --out docs/guide/faults.md
    python tests/benchmarks/faults.py --processes 4 --rows ROWS --out docs/guide/faults.md

Each call adds its rows to the file ROWS, and writes the page from all that stand there; a table of the page for which
there are none stands as it stood. `--task` picks tasks, `--first` the first seed, so that a long measurement can be
made in parts.
"""

import argparse
import datetime
import json
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.faults.fault_runs import RUNS, SHARED, compared  # noqa: E402
from tests.faults.killed_runs import killed_run  # noqa: E402
from tests.faults.shared_folder import shared_folder  # noqa: E402

HEAD = ROOT / "docs" / "guide" / "faults.head.md"
COLUMNS = {
    "faults": (
        "task",
        "share",
        "seed",
        "requests",
        "met",
        "samples",
        "unaccounted",
        "errors",
        "unscored",
        "equal",
        "different",
    ),
    "killed": ("continued", "seed", "after", "of", "samples", "tries", "lost", "twice", "different", "verdict"),
    "shared": ("task", "processes", "samples", "results", "again"),
}
TITLES = {
    "faults": "Faults of the provider",
    "killed": "Killed and continued",
    "shared": "Several processes on one folder",
}
TOLD = {
    "faults": "Scores are counted over all scorers of a task; `unscored` and `equal` are those that the run without "
    "faults has. `different` are scores that are there in both runs and differ.",
    "killed": "The process group got SIGKILL when the server had seen so many requests. `lost` are samples that are "
    "not in the final log, `twice` those that are there more than once, `different` those with another score.",
    "shared": "`results` says whether `results.json` is equal to that of one process but for the declared keys, "
    "`again` whether it still is when one shard was run a second time.",
}


def fault_rows(asked: argparse.Namespace, folder: Path) -> Iterator[dict[str, Any]]:
    """A row for every task and seed."""
    for task in asked.task:
        free, _ = RUNS[task].log(folder, 0.0, 0)
        for seed in range(asked.first, asked.first + asked.seeds):
            log, server = RUNS[task].log(folder, asked.faults, seed)
            found = compared(free, log)
            yield {
                "task": task,
                "share": asked.faults,
                "seed": seed,
                "requests": sum(server.asked.values()),
                "met": sum(server.met.values()),
                "samples": found.samples,
                "unaccounted": len(found.unaccounted),
                "errors": sum(found.errors.values()),
                "unscored": sum(found.unscored.values()),
                "equal": found.equal,
                "different": len(found.different),
                "why": dict(found.errors + found.unscored),
                "kinds": dict(server.met),
                "told": [*found.unaccounted, *found.different],
            }


def rows(asked: argparse.Namespace) -> Iterator[tuple[str, dict[str, Any]]]:
    """What was asked for, with the name of its table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.faults:
            yield from (("faults", row) for row in fault_rows(asked, folder))
        for seed in range(asked.first, asked.first + asked.kill):
            yield "killed", killed_run(folder / str(seed), seed, asked.again)
        if asked.processes:
            for task in asked.task:
                yield "shared", shared_folder(folder / task, SHARED[task], task, asked.processes)


def page(kept: list[tuple[str, dict[str, Any], str]], before: str = "") -> str:
    """The page, from all rows that were kept; a table without any stands as it stood before."""
    parts = [HEAD.read_text(encoding="utf-8").strip()]
    stood = {part.partition("\n")[0]: part.strip() for part in before.split("\n## ")[1:]}
    for table, columns in COLUMNS.items():
        own = [(row, by) for name, row, by in kept if name == table]
        if not own:
            parts += [f"## {stood[TITLES[table]]}"] if TITLES[table] in stood else []
            continue
        commands = ", ".join(f"`{by}`" for by in dict.fromkeys(by for _, by in own))
        lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
        lines += [f"| {' | '.join(str(row[column]) for column in columns)} |" for row, _ in own]
        parts += [
            f"## {TITLES[table]}",
            f"Measured by {commands}. {TOLD[table]}",
            *_summary(table, [r for r, _ in own]),
        ]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _summary(table: str, own: list[dict[str, Any]]) -> list[str]:
    """What the rows of a table come to."""
    if table == "faults":
        kinds: dict[str, int] = {}
        whys: dict[str, int] = {}
        for row in own:
            kinds = {k: kinds.get(k, 0) + row["kinds"].get(k, 0) for k in sorted(kinds.keys() | row["kinds"].keys())}
            whys = {k: whys.get(k, 0) + row["why"].get(k, 0) for k in sorted(whys.keys() | row["why"].keys())}
        good = sum(not row["unaccounted"] and not row["different"] for row in own)
        return [
            f"In {good} of {len(own)} runs every sample is accounted for and every score is the one without faults.",
            "Faults met: " + ", ".join(f"`{name}` {count}" for name, count in kinds.items()) + ".",
            "Errors and reasons: " + ", ".join(f"`{name}` {count}" for name, count in whys.items()) + ".",
        ]
    if table == "killed":
        good = sum(not (row["lost"] or row["twice"] or row["different"]) and row["verdict"] == "same" for row in own)
        return [f"{good} of {len(own)} runs ended as the one that was not killed."]
    return []


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", nargs="+", choices=RUNS, default=list(RUNS))
    parser.add_argument("--faults", type=float, default=0.0, help="share of requests that meet a fault")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--kill", type=int, default=0, help="so many runs that are killed and continued")
    parser.add_argument("--again", choices=["eval-retry", "eval-set"], default="eval-retry")
    parser.add_argument("--processes", type=int, default=0, help="a run in so many shards on one folder")
    parser.add_argument("--rows", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def main() -> None:
    """Measure, keep the rows, and write the page."""
    asked = _options()
    told = [word for word in sys.argv[1:] if word not in (str(asked.rows), str(asked.out), "--rows", "--out")]
    by = f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}: python tests/benchmarks/faults.py {shlex.join(told)}"
    for table, row in rows(asked):
        print(table, json.dumps(row), flush=True)
        with asked.rows.open("a", encoding="utf-8") as file:
            file.write(json.dumps([table, row, by]) + "\n")
    if asked.out:
        kept = [json.loads(line) for line in asked.rows.read_text(encoding="utf-8").splitlines()]
        before = asked.out.read_text(encoding="utf-8") if asked.out.is_file() else ""
        asked.out.write_text(page([(table, row, by) for table, row, by in kept], before), encoding="utf-8")


if __name__ == "__main__":
    main()
