"""One word for each thing: the glossary's retired words name no module, function, class or field."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("analysis", "organisms", "protocol", "scorers", "solvers", "tasks")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in GLOSSARY.splitlines()
    if line.startswith("|") and not line.startswith("|---")
][1:]
RETIRED = {word.strip() for row in ROWS for word in row[2].split(",") if word.strip()}


def words(identifier: str) -> set[str]:
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", identifier)}


def defined(tree: ast.Module) -> set[str]:
    """Names of functions, classes, arguments and annotated fields."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_no_retired_word_names_anything(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for name in {path.stem, *defined(ast.parse(path.read_text(encoding="utf-8")))}
        if words(name) & RETIRED
    ]
    assert wrong == []


def test_the_glossary_is_short_and_says_each_term_once() -> None:
    terms = [term.strip() for row in ROWS for term in row[0].split(",")]
    assert len(GLOSSARY.splitlines()) <= 40
    assert len(set(terms)) == len(terms)
    assert not {*terms} & RETIRED
