"""What is declared of families of scenarios, and how samples carry it."""

from pathlib import Path
from typing import get_args

import pytest

from unmask.protocol.design import SampleDesign
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import load, read
from unmask.protocol.in_context_scheming.scenario_families import ScenarioFamilies, scenario_families
from unmask.protocol.in_context_scheming.scenario_samples import scenario_run
from unmask.protocol.in_context_scheming.scenarios import SCHEMING, Family

ORIGINAL = {
    "oversight_subversion",
    "self_exfiltration",
    "goal_guarding",
    "covert_reranking",
    "instrumental_faking",
    "strategic_sandbagging",
}


def test_the_six_families_of_the_original_hold_a_conflict_and_no_other_does() -> None:
    assert {name for name, declared in scenario_families().items() if declared.conflict} == ORIGINAL
    assert set(scenario_families()) == set(get_args(Family))


def test_every_sample_carries_what_is_declared_of_its_family() -> None:
    run = scenario_run("contrast", None, crossed=False, limit_items=10, seed=0)
    designs = [SampleDesign.read(sample.metadata or {}) for sample in run.data]
    assert {(one.cluster, one.conflict) for one in designs} == {
        (name, declared.conflict) for name, declared in scenario_families().items()
    }
    assert {one.pooled for one in designs if one.cluster in ORIGINAL} == {True}
    assert {one.pooled for one in designs if one.cluster not in ORIGINAL} == {False}


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("conflict: perhaps", "key 'conflict'"),
        ("measures: ''", "key 'measures'"),
        ("reason: none", "key 'reason'"),
    ],
)
def test_a_fault_names_the_file_and_the_key(tmp_path: Path, fault: str, told: str) -> None:
    key = fault.split(":")[0]
    lines = (SCHEMING / "families.yaml").read_text(encoding="utf-8").splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("    conflict:"))
    path = tmp_path / "families.yaml"
    if key == "conflict":
        lines[place] = f"    {fault}"
    elif key == "measures":
        stop = next(n for n, line in enumerate(lines) if n > place and line.startswith("  ") and line[2] != " ")
        lines[place + 1 : stop] = [f"    {fault}"]
    else:
        lines.insert(place, f"    {fault}")
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=f"families.yaml.*{told}"):
        load(path, ScenarioFamilies)


def test_a_family_of_which_nothing_is_declared_is_named(tmp_path: Path) -> None:
    held = read(SCHEMING / "families.yaml")["families"]
    rest = "\n".join(
        f"  {name}: {{conflict: true, measures: Something.}}" for name in held if name != "self_exfiltration"
    )
    path = tmp_path / "families.yaml"
    path.write_text(f"families:\n{rest}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"key 'families'.*nothing is declared of self_exfiltration"):
        load(path, ScenarioFamilies)
