"""The detection matrix as a table in Markdown, put between two markers of a file."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from unmask.analysis.intervals import rate
from unmask.audits.control_runs.control_record import ControlRecord
from unmask.audits.findings.sentences import number, share
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, read

__all__ = ["BEGIN", "END", "HEADER", "detection_rows", "detection_table", "put_table"]

BEGIN, END = "<!-- unmask controls: begin -->", "<!-- unmask controls: end -->"

HEADER = ("task", "organism", "strength", "should be", "found", "inconclusive", "absent", "none", "not scored", "ok")

_COUNTED = (("inconclusive",), ("absent",), ("nothing scored", "failed"))
"""Verdicts by column; a run of which nothing could be scored, or that failed, has none."""


def detection_table(records: Sequence[ControlRecord], command: str) -> str:
    """The table, with how it was made. Organisms that were made for another task share a line a task.

    Args:
        records: What to show.
        command: The command that made it.
    """
    words = read(DATA / "findings" / "control_words.yaml")
    graders = sorted({one.grader for one in records})
    made = words["made"].format(command=command, graders=", ".join(graders), version=records[0].version)
    offline = [words["offline"]] if any(name.startswith("organism/") for name in graders) else []
    lines = [HEADER, ("---",) * len(HEADER), *detection_rows(records)]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    failed = [f"- {one.task}, {one.organism}: {why}" for one in records for why in one.why]
    return "\n\n".join([made, *offline, words["columns"], table, *(["\n".join(failed)] if failed else [])])


def detection_rows(records: Sequence[ControlRecord]) -> list[tuple[str, ...]]:
    """The rows below `HEADER`.

    Args:
        records: What to show.
    """
    words, lines = read(DATA / "findings" / "control_words.yaml"), []
    for _, group in groupby(records, key=lambda one: (one.task, one.track, one.grader)):
        rows = list(group)
        lines += [_row(one, one.organism) for one in rows if not one.foreign]
        lines += _foreign([one for one in rows if one.foreign], words["foreign"])
    return lines


def put_table(text: str, path: Path) -> None:
    """Put a text between the markers of a file, which stays as it is around them; a file that is not there is made.

    Args:
        text: What to put there.
        path: The file.

    Raises:
        ConfigurationError: If the file lacks a marker, or has them in the wrong order.
    """
    held = path.read_text(encoding="utf-8") if path.exists() else f"{BEGIN}\n{END}\n"
    before, begin, rest = held.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ConfigurationError(f"{path}: has no line {BEGIN!r} with a line {END!r} below it")
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def _row(one: ControlRecord, name: str) -> tuple[str, ...]:
    right = {True: "yes", False: "beyond the grader" if one.beyond else "NO", None: "-"}[one.as_expected]
    trigger = f": {one.frames}" if one.task == "backdoors" else ""
    lost = "-" if one.unscored is None else share(one.unscored)
    shown = (f"{one.task}, {one.track}", f"`{name}`{trigger}", f"{one.strength:g}", one.expected)
    return (*shown, _found(one.present, one.n), *_counts([one]), lost, right)


def _foreign(rows: Sequence[ControlRecord], words: str) -> list[tuple[str, ...]]:
    if not rows:
        return []
    hits, n = sum(one.present for one in rows), sum(one.n for one in rows)
    odd = ", ".join(f"`{one.organism}`" for one in rows if one.as_expected is False)
    lost = max((one.unscored for one in rows if one.unscored is not None), default=None)
    shown = (f"{rows[0].task}, {rows[0].track}", words.format(count=len(rows)), f"{rows[0].strength:g}", "not present")
    right = f"NO: {odd}" if odd else "yes"
    return [(*shown, _found(hits, n), *_counts(rows), "-" if lost is None else share(lost), right)]


def _counts(rows: Sequence[ControlRecord]) -> list[str]:
    return [str(sum(one.found.get(name, 0) for one in rows for name in names)) for names in _COUNTED]


def _found(hits: int, n: int) -> str:
    if not n:
        return "0/0"
    low, high = rate(hits, n)
    return f"{hits}/{n} [{number(low)}, {number(high)}]"
