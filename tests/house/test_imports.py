"""What import contracts cannot say: how a module imports, and what it loads.

Who may import whom stands in pyproject.toml, and `lint-imports` checks it.
"""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS = ("analysis", "organisms", "protocol", "scorers", "solvers", "tasks")
LOG_READERS = {
    "analysis/figures.py",
    "analysis/tables.py",
    "analysis/sandbagging/accuracy_figures.py",
    "analysis/backdoors/trigger_figures.py",
}
"""Modules that read finished logs and draw, and may take their time to load."""

SLOW = {"pandas", "seaborn", "matplotlib"}
"""Over a second each; only what reads logs may load them."""

LATE = {"datasets", "torch", "transformers"}
"""Slower still; only to be imported inside the function that needs them."""


def modules() -> Iterator[Path]:
    for room in ROOMS:
        found = importlib.import_module(f"unmask.{room}").__file__
        assert found
        yield from sorted(Path(found).parent.glob("**/*.py"))


def name(path: Path) -> str:
    """A module's path from its room on."""
    parts = path.parts
    return "/".join(parts[max(n for n, part in enumerate(parts) if part in ROOMS) :])


def imported(tree: ast.AST) -> set[str]:
    """Full names of the modules that a tree imports."""
    nodes = list(ast.walk(tree))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {f"{'.' * node.level}{node.module or ''}" for node in nodes if isinstance(node, ast.ImportFrom)}


def at_load(tree: ast.Module) -> set[str]:
    """Top-level packages that are imported as soon as a module is."""
    outside = ast.Module([node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)], [])
    return {full.partition(".")[0] for full in imported(outside)}


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    """Every module's syntax, by its name."""
    return {name(path): ast.parse(path.read_text(encoding="utf-8")) for path in modules()}


def test_every_room_has_modules(trees: dict[str, ast.Module]) -> None:
    assert {one.partition("/")[0] for one in trees} == set(ROOMS)


def test_nothing_but_the_registry_imports_a_task(trees: dict[str, ast.Module]) -> None:
    found = {one for one, tree in trees.items() if any(full.startswith("unmask.tasks") for full in imported(tree))}
    assert found <= {"tasks/registry.py", "tasks/__init__.py"}


def test_imports_are_absolute_and_name_a_room(trees: dict[str, ast.Module]) -> None:
    assert [one for one, tree in trees.items() if any(f.startswith(".") or f == "unmask" for f in imported(tree))] == []


def test_only_what_reads_logs_loads_dataframes(trees: dict[str, ast.Module]) -> None:
    found = {one for one, tree in trees.items() if {full.partition(".")[0] for full in imported(tree)} & SLOW}
    assert found <= LOG_READERS


def test_nothing_slower_is_loaded_with_a_module(trees: dict[str, ast.Module]) -> None:
    assert [one for one, tree in trees.items() if at_load(tree) & LATE] == []


def test_nobody_reaches_into_the_private_modules_of_inspect(trees: dict[str, ast.Module]) -> None:
    found = {
        one: [full for full in imported(tree) if full.startswith("inspect_ai.") and "._" in full]
        for one, tree in trees.items()
    }
    assert [one for one, private in found.items() if private] == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("from unmask.scorers import complied", {"unmask.scorers"}),
        ("import unmask.tasks.registry", {"unmask.tasks.registry"}),
        ("def late():\n    from inspect_ai._util.registry import x", {"inspect_ai._util.registry"}),
        ("from ..scorers import judge", {"..scorers"}),
    ],
)
def test_imports_are_seen_wherever_they_stand(source: str, names: set[str]) -> None:
    assert imported(ast.parse(source)) == names


def test_importing_the_tasks_loads_what_every_run_needs_and_reads_no_data() -> None:
    late = {
        "numpy",
        "scipy",
        "statsmodels",
        "ast_grep_py",
        "inspect_ai.hooks",
        "unmask.scorers.backdoors.code.code_score",
    }
    code = f"""
import sys
import inspect_ai
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import unmask.tasks
data = [name for name in opened if name.endswith((".yaml", ".jsonl"))]
print(*sorted({late | SLOW | LATE!r} & set(sys.modules)), *data)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
