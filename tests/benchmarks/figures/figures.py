r"""All figures of speed, memory and robustness in one table, each with its spread and the bar that it is held against.

    python tests/benchmarks/figures/figures.py --kept FIGURES.jsonl --out docs/tests/figures.md
    python tests/benchmarks/figures/figures.py --kind overhead memory --size 5 --kept FIGURES.jsonl --out ...

The first measures everything, which takes hours; the second a part. Every figure is kept in FIGURES.jsonl with the day
and the class of machine, and the page has the newest of each. Exit code 1 where one that was measured misses its bar.
"""

import argparse
import datetime
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.figures.kinds import KINDS, Figure  # noqa: E402

HEAD = ROOT / "docs" / "tests" / "figures.head.md"
COLUMNS = ("figure", "value", "least", "most", "bar", "met", "of", "measured")


def machine() -> str:
    """The class of machine, which says nothing of whose it is."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def page(rows: list[dict[str, object]]) -> str:
    """The page, from the newest row of each figure."""
    newest = {str(row["name"]): row for row in rows}
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    for row in newest.values():
        figure = Figure(**{key: row[key] for key in Figure.__dataclass_fields__})  # type: ignore[arg-type]
        bar = f"{'at least' if figure.rises else 'at most'} {figure.bar:g}"
        spread = [f"{value:.3g}" for value in (figure.value, figure.least, figure.most)]
        told = [figure.name, *spread, bar, "yes" if figure.met else "no", str(figure.n), f"{row['day']}, {row['by']}"]
        lines.append(f"| {' | '.join(told)} |")
    machines = ", ".join(sorted({str(row["machine"]) for row in newest.values()}))
    return "\n\n".join([HEAD.read_text(encoding="utf-8").strip(), f"Machine: {machines}.", "\n".join(lines)]) + "\n"


def main() -> int:
    """Measure, keep, write, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kind", nargs="*", choices=KINDS, default=list(KINDS))
    parser.add_argument("--size", type=int, help="runs, seeds, items, epochs or processes, in place of the usual ones")
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    missed = 0
    for kind in asked.kind:
        measure, usual = KINDS[kind]
        size = asked.size or usual
        about = {"day": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}", "machine": machine()}
        for figure in measure(size):
            missed += not figure.met
            row = {**asdict(figure), **about, "by": f"`--kind {kind} --size {size}`"}
            print(json.dumps(row), flush=True)
            with asked.kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
    if asked.out:
        rows = [json.loads(line) for line in asked.kept.read_text(encoding="utf-8").splitlines()]
        asked.out.write_text(page(rows), encoding="utf-8")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
