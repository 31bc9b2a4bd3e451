"""The measuring commands start as their pages say, from the root of the repository, with nothing added to the path."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMANDS = sorted(
    path.relative_to(ROOT)
    for path in (ROOT / "tests" / "benchmarks").rglob("*.py")
    if "argparse" in path.read_text(encoding="utf-8")
)
EXTRA = {"mutation.py": "coverage"}
"""Commands that need a library of an extra."""


@pytest.mark.matrix
@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_command_starts(command: Path) -> None:
    if command.name in EXTRA and find_spec(EXTRA[command.name]) is None:
        pytest.skip(f"{EXTRA[command.name]} is not installed")
    told = subprocess.run([sys.executable, command, "--help"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert f"usage: {command.name}" in told.stdout


def test_commands_are_found() -> None:
    assert len(COMMANDS) > 10
