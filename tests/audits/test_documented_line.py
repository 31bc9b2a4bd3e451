"""The README's line from logs to a checked bundle: every command in it runs as it is written there."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from unmask.audits.command.main import main

ROOT = Path(__file__).parents[2]
EXIT_CODES = {"report": 0, "gate": 2, "bundle": 0, "verify": 0}


def commands() -> list[list[str]]:
    """The `unmask` commands of the block that begins with an eval set, in their order."""
    blocks = re.findall(
        r"^```bash\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    [line] = [block.replace("\\\n", " ") for block in blocks if "inspect eval-set" in block]
    return [shlex.split(one) for one in re.findall(r"uv run unmask ([^;&}]*)", line)]


def test_the_readmes_line_goes_from_logs_to_a_bundle_that_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a reference log in place of the four threats' runs."""
    (tmp_path / "logs" / "audit").mkdir(parents=True)
    shutil.copytree(ROOT / "audits", tmp_path / "audits", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.copy(ROOT / "logs" / "reference" / "backdoors_positive.eval", tmp_path / "logs" / "audit")
    monkeypatch.chdir(tmp_path)
    found = {}
    for arguments in commands():
        ran = CliRunner().invoke(main, arguments)
        found[arguments[0]] = ran.exit_code
        assert ran.exit_code == EXIT_CODES[arguments[0]], ran.output
    assert list(found) == list(EXIT_CODES)
    assert ran.output.strip().endswith("logs/audit.tar: holds")
