"""The register's entry says what a default run has."""

from pathlib import Path

import pytest
import yaml
from inspect_ai import Task

from unmask import tasks

ROOT = Path(__file__).parents[2]
ENTRY = yaml.safe_load((ROOT / "eval.yaml").read_text(encoding="utf-8"))


def test_both_copies_of_the_entry_say_the_same() -> None:
    assert yaml.safe_load((ROOT / "tasks" / "eval.yaml").read_text(encoding="utf-8")) == ENTRY


@pytest.mark.parametrize("told", ENTRY["tasks"], ids=lambda told: told["name"])
def test_a_default_run_has_as_many_samples_as_the_entry_says(told: dict[str, str | int]) -> None:
    task: Task = getattr(tasks, str(told["name"]))()
    assert len(task.dataset) == told["dataset_samples"]
    assert task.version == ENTRY["version"]
