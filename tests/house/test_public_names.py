"""`__all__` is the promise that a module makes: it lists every public name that the module defines.

Beside these it may list names that it passes on from other modules of the project, and nothing else.
"""

import ast
import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

ROOMS = ("analysis", "organisms", "protocol", "scorers", "solvers", "tasks")


def modules() -> list[ModuleType]:
    """Every module that has an `__all__`."""
    names = [
        ".".join(["unmask", room, *path.relative_to(top).with_suffix("").parts]).removesuffix(".__init__")
        for room in ROOMS
        for top in [Path(str(importlib.import_module(f"unmask.{room}").__file__)).parent]
        for path in sorted(top.rglob("*.py"))
    ]
    return [module for module in map(importlib.import_module, names) if hasattr(module, "__all__")]


def parsed(module: ModuleType) -> ast.Module:
    return ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))


def passed_on(module: ModuleType) -> set[str]:
    """Names that a module has from others of the project."""
    imports = [node for node in parsed(module).body if isinstance(node, ast.ImportFrom)]
    return {alias.name for node in imports if (node.module or "").startswith("unmask.") for alias in node.names}


def defined(module: ModuleType) -> set[str]:
    """Public functions, classes and values that a module defines at its top; a type variable is no value."""
    tree = parsed(module)
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return {n for n in names if not n.startswith("_") and type(getattr(module, n)).__name__ != "TypeVar"}


def faulty(found: Callable[[ModuleType], bool]) -> list[str]:
    """The modules of which something is found."""
    return [module.__name__ for module in MODULES if found(module)]


MODULES = modules()


def test_all_lists_each_name_once_and_each_name_exists() -> None:
    assert faulty(lambda module: len(set(module.__all__)) < len(module.__all__)) == []
    assert faulty(lambda module: any(not hasattr(module, name) for name in module.__all__)) == []


def test_all_leaves_out_no_public_name() -> None:
    assert faulty(lambda module: bool(defined(module) - set(module.__all__))) == []


def test_all_lists_nothing_but_the_projects_own_names() -> None:
    assert faulty(lambda module: bool(set(module.__all__) - defined(module) - passed_on(module))) == []


def test_all_lists_nothing_private() -> None:
    assert faulty(lambda module: any(name.startswith("_") for name in module.__all__)) == []


def test_modules_with_a_promise_are_found_in_every_room() -> None:
    assert {module.__name__.split(".")[1] for module in MODULES} == set(ROOMS)
