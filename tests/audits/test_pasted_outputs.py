"""The outputs on the pages of the commands are what the commands beside them print; a page may leave out lines.

With `UNMASK_PASTE=1` in the environment the pages are written anew, with all lines.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PASTED = [
    ("commands/plan.md", "unmask plan --threat backdoors --like logs --sequential"),
    ("commands/report.md", "unmask report logs --out report"),
    ("commands/judge.md", "unmask judge --labels awareness --half held_out"),
    ("commands/judge.md", "unmask judge --injection --rubric departure"),
    ("guide/audit_design.md", "from unmask.analysis.power import pairs_needed"),
]
"""A page, and what stands in the block of commands whose output follows."""

BLOCKS = re.compile(
    r"^```(?:bash)?\n(?P<given>(?:(?!^```).)*)^```\n+(?P<between>(?:(?!^```).)*)^```(?:text)?\n(?P<told>(?:(?!^```).)*)^```",
    re.MULTILINE | re.DOTALL,
)


BANNER = re.compile(r"\Ainspect_ai v.*?\n\n", re.DOTALL)
"""What Inspect says of its hooks when it starts."""


def printed(given: str, folder: Path) -> str:
    """What the commands of a block print, those of `inspect` aside; tables are as wide as in the pages."""
    env = {**os.environ, "COLUMNS": "110", "INSPECT_DISPLAY": "none", "PATH": _path()}
    parts = []
    for line in _commands(given):
        ran = subprocess.run(line, cwd=folder, env=env, check=True, capture_output=True, text=True)
        parts += [] if line[0] == "inspect" else [BANNER.sub("", ran.stdout)]
    return "".join(parts)


def _path() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


def _commands(given: str) -> list[list[str]]:
    """Its commands; a quotation may go over several lines."""
    commands: list[str] = []
    for line in given.replace("\\\n", " ").splitlines():
        if commands and commands[-1].count('"') % 2:
            commands[-1] += f"\n{line}"
        else:
            commands.append(line)
    return [shlex.split(one) for one in commands]


@pytest.mark.matrix
@pytest.mark.parametrize(("page", "command"), PASTED, ids=lambda value: value.split()[-1])
def test_an_output_is_what_its_command_prints(page: str, command: str, tmp_path: Path) -> None:
    path = DOCS / page
    text = path.read_text(encoding="utf-8")
    found = next(block for block in BLOCKS.finditer(text) if command in block["given"])
    new = "\n".join(line.rstrip() for line in printed(found["given"], tmp_path).strip().splitlines()) + "\n"
    if os.environ.get("UNMASK_PASTE"):
        path.write_text(text[: found.start("told")] + new + text[found.end("told") :], encoding="utf-8")
    else:
        lines = iter([line.split() for line in new.splitlines()])
        stale = [line for line in found["told"].splitlines() if line.split() not in lines]  # in their order
        assert stale == [], f"{page}: UNMASK_PASTE=1 writes it anew\n{new}"
