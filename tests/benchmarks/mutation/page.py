"""The page that says what the tests catch."""

import datetime
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["page"]

Row = Mapping[str, Any]
Why = Mapping[tuple[str, str, str], str]

MISSED = ("survived", "unrun", "endless")
"""What is not counted as caught: tests that ran out of time may have been slow for another reason."""

SHARES = (
    "faults",
    "of",
    "caught at first",
    "share",
    "at least",
    "at most",
    "caught after",
    "share",
    "at least",
    "at most",
)
"""Of a sample's table: before anybody had looked at what it showed, and with the tests that were written for it."""

ROOT = Path(__file__).parents[3]
HEAD = ROOT / "docs" / "tests" / "mutation.head.md"


def page(rows: Sequence[Row], why: Why) -> str:
    """Write it.

    Args:
        rows: One for each fault and control, with how it was drawn and tried.
        why: File, line before and after -> why nobody can see the fault.
    """
    faults = sorted((row for row in rows if not row["control"]), key=lambda row: (row["file"], row["line"]))
    controls = [row for row in rows if row["control"]]
    missed = [row for row in faults if row["outcome"] in MISSED]
    same = [row for row in missed if _why(row, why)]
    failed = sum(row["outcome"] != "survived" for row in controls)
    held = f"Controls, which are modules without a fault on the same tests: {len(controls)}, of which {failed} failed."
    today = datetime.datetime.now(datetime.UTC)
    parts = [
        HEAD.read_text(encoding="utf-8").strip(),
        f"Measured on {today:%Y-%m-%d} by `mutation.py`.",
        *(
            _sample([row for row in faults if row["seed"] == seed], same)
            for seed in sorted({r["seed"] for r in faults})
        ),
        held if controls else "No controls were run.",
        "How they ended: " + ", ".join(f"`{name}` {count}" for name, count in _outcomes(faults).items()) + ".",
        "## Missed\n\nFaults that the tests did not catch.",
        _table(("module", "line", "the line", "with the fault"), [_told(row) for row in missed if row not in same]),
        "## Nobody can tell\n\nFaults that change nothing that a test could see, and why.",
        _table(
            ("module", "line", "the line", "with the fault", "why"),
            [[*_told(row), _why(row, why)] for row in same],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _sample(faults: Sequence[Row], same: Sequence[Row]) -> str:
    """A sample with how its faults were drawn and tried, as their rows say, and its table."""
    [(seed, drawn, apart)] = {(row["seed"], row["drawn"], row["apart"]) for row in faults}
    budgets = Counter(row["budget"] for row in faults)
    tried = ", ".join(f"{count} of them {budget:.0f} seconds" for budget, count in sorted(budgets.items()))
    head = (
        f"## The sample of seed {seed}\n\n{len(faults)} of the {drawn} faults that the seed drew were tried; {apart} "
        f"faults of earlier samples were left out. Each has tests that together take so long at most: {tried}."
    )
    return f"{head}\n\n{_table(SHARES, _shares(faults, same))}"


def _shares(faults: Sequence[Row], same: Sequence[Row]) -> list[list[Any]]:
    """Counts with exact bounds: of all faults, of each room's, and of those that anybody can tell."""
    # Imported not before the tests are run, each in a process that has nothing of ours.
    from unmask.analysis.intervals import rate

    told = [row for row in faults if row not in same]
    rooms = {room: [row for row in faults if row["file"].startswith(f"{room}/")] for room in ("analysis", "scorers")}
    groups = {"all": faults, **{f"`{room}`": own for room, own in rooms.items()}, "all that can be told": told}
    found = []
    for name, own in groups.items():
        cells: list[Any] = [name, len(own)]
        for when in ("first", "outcome"):
            caught = sum(row[when] not in MISSED for row in own)
            low, high = rate(caught, len(own))
            cells += [caught, f"{caught / len(own):.3f}", f"{low:.3f}", f"{high:.3f}"]
        found.append(cells)
    return found


def _outcomes(faults: Sequence[Row]) -> Counter[str]:
    return Counter(row["outcome"] for row in faults)


def _why(row: Row, why: Why) -> str:
    return why.get((row["file"], row["before"], row["after"]), "")


def _told(row: Row) -> list[str]:
    return [f"`{row['file']}`", str(row["line"]), _code(row["before"]), _code(row["after"])]


def _code(text: str) -> str:
    """A line of code in a cell of a table."""
    return "`` " + text.replace("|", "\\|") + " ``"


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)])
