r"""What the tests of the statistics and the scorers catch: small faults, put in by a seed, and tests that run them.

    python tests/benchmarks/mutation/mutation.py --covered DIR --record
    python tests/benchmarks/mutation/mutation.py --covered DIR --rows ROWS --mutants 240 --seed 1 --controls 10 \
        --apart EARLIER --out docs/tests/mutation.md

The first runs the suite once, with coverage by test. The second adds a row to ROWS for every fault that has none yet,
and writes the page from all rows, as each says how it was tried. Faults with a row in EARLIER, which tests may have
been written on, are not drawn, so that the first outcome of a sample is one of faults that nobody had looked at.

A fault is tried on tests that together take `--budget` seconds, those beside the module first; one that they do not
catch counts as missed, whether or not others would. Controls are modules without a fault on the same tests, none of
which may fail. Faults that no test could tell from the module are named with the reason in `equivalent.yaml`, and
counted apart.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT))

from tests.benchmarks.mutation.covering import Covering, record, rooms_of  # noqa: E402
from tests.benchmarks.mutation.mutants import Known, Mutant, drawn, mutants_of  # noqa: E402
from tests.benchmarks.mutation.page import page  # noqa: E402
from tests.benchmarks.mutation.trying import tried, warm  # noqa: E402

HERE = Path(__file__).parent
Row = dict[str, Any]


class Equivalent(BaseModel):
    """A fault that changes nothing that anybody can see."""

    model_config = ConfigDict(extra="forbid")

    file: str
    before: str
    after: str
    why: str


def modules() -> list[str]:
    """The modules under test."""
    found = [path for room in rooms_of(ROOT) for path in (ROOT / room).glob("*.py")]
    return [path.relative_to(ROOT).as_posix() for path in found]


def key(row: Row) -> tuple[Any, ...]:
    """What a fault is told by, wherever its line has moved to since it was drawn."""
    return row["file"], row.get("drawn_at", row["line"]), row["operator"], row["before"], row["after"]


def known(rows: Path) -> set[Known]:
    """The faults of an earlier sample.

    Args:
        rows: Their file.
    """
    return {(row["file"], row["operator"], row["before"], row["after"]) for row in kept(rows)}


def attempt(mutant: Mutant, covering: Covering, budget: float, folder: Path, is_control: bool = False) -> Row:
    """Try a fault, or the module without it.

    Args:
        mutant: The fault.
        covering: Which tests run it.
        budget: Seconds of tests.
        folder: For what the tests print.
        is_control: Whether to leave the fault out.
    """
    tests = covering.tests_of(mutant, budget)
    before, after = mutant.changed(ROOT)
    source = (ROOT / mutant.file).read_text(encoding="utf-8") if is_control else mutant.source(ROOT)
    outcome, seconds = "unrun", 0.0
    if tests:
        outcome, seconds = tried(ROOT, mutant.file, source, tests, 60 + 4 * covering.seconds_of(tests), folder)
    return {
        "file": mutant.file,
        "line": mutant.line,
        "operator": mutant.operator,
        "before": before,
        "after": after,
        "tests": len(tests),
        "budget": budget,
        "outcome": outcome,
        "seconds": round(seconds, 1),
        "control": is_control,
    }


def reasons() -> dict[tuple[str, str, str], str]:
    """File, line before and after -> why nobody can see the fault."""
    listed = yaml.safe_load((HERE / "equivalent.yaml").read_text(encoding="utf-8"))
    return {(one.file, one.before, one.after): one.why for one in TypeAdapter(list[Equivalent]).validate_python(listed)}


def named(row: Row) -> bool:
    """Whether nobody can see the fault."""
    return (row["file"], row["before"], row["after"]) in reasons()


def measure(asked: argparse.Namespace) -> None:
    """Add a row for every fault of the sample that has none, or for those whose outcome is measured anew.

    Args:
        asked: The options.
    """
    covering, rows = Covering.read(ROOT, asked.covered), kept(asked.rows)
    warm()
    if asked.again:
        open_ones = [row for row in rows if row["outcome"] in asked.again and not row["control"] and not named(row)]
        chosen = [(row, found) for row in open_ones if (found := _same(row))]
        tries = [(mutant, False, _drawn(row) | {"drawn_at": key(row)[1]}) for row, mutant in chosen]
    else:
        apart = set[Known]().union(*map(known, asked.apart))
        sample = drawn(ROOT, modules(), asked.mutants, asked.seed, apart)
        done = {(*key(row), row["control"]) for row in rows}
        told = {"seed": asked.seed, "drawn": asked.mutants, "apart": len(apart)}
        every = [(mutant, False, told) for mutant in sample] + [(one, True, told) for one in sample[: asked.controls]]
        tries = [one for one in every if (*_key(one[0]), one[1]) not in done]
    for mutant, is_control, told in tries:
        with tempfile.TemporaryDirectory() as folder:
            row = attempt(mutant, covering, asked.budget, Path(folder), is_control) | told
        print(json.dumps(row), flush=True)
        with asked.rows.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


def _drawn(row: Row) -> Row:
    """How a fault came into the sample."""
    return {name: row[name] for name in ("seed", "drawn", "apart")}


def _key(mutant: Mutant) -> tuple[Any, ...]:
    return mutant.file, mutant.line, mutant.operator, *mutant.changed(ROOT)


def _same(row: Row) -> Mutant | None:
    """The fault of a row where its module still has it, on the line that is nearest."""
    told = row["operator"], row["before"], row["after"]
    here = [one for one in mutants_of(ROOT, row["file"]) if one.operator == row["operator"]]
    same = [one for one in here if (one.operator, *one.changed(ROOT)) == told]
    return min(same, key=lambda one: abs(one.line - row["line"]), default=None)


def kept(rows: Path) -> list[Row]:
    """The rows so far, the last of each fault, with what its first one said.

    Args:
        rows: Their file.
    """
    lines = rows.read_text(encoding="utf-8").splitlines() if rows.is_file() else []
    found: dict[tuple[Any, ...], Row] = {}
    for row in map(json.loads, lines):
        name = (*key(row), row["control"])
        found[name] = row | {"first": found[name]["first"] if name in found else row["outcome"]}
    return list(found.values())


def main() -> None:
    """Record, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--covered", type=Path, required=True, help="folder of what the suite covers")
    parser.add_argument("--record", nargs="*", help="run the suite and fill that folder, or add these tests to it")
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--mutants", type=int, default=0)
    parser.add_argument("--controls", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--budget", type=float, default=30.0, help="seconds of tests for a fault")
    parser.add_argument("--again", nargs="*", default=[], help="only faults with such an outcome, anew")
    parser.add_argument("--apart", type=Path, nargs="*", default=[], help="rows of faults that are not to be drawn")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if asked.record is not None:
        record(ROOT, asked.covered, rooms_of(ROOT), asked.record)
    if not asked.rows:
        return
    measure(asked)
    if asked.out:
        asked.out.write_text(page(kept(asked.rows), reasons()), encoding="utf-8")


if __name__ == "__main__":
    main()
