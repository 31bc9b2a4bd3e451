"""Loads a script of `audits/` as a module; they are run by path and belong to no package."""

import importlib.util
from pathlib import Path
from types import ModuleType

__all__ = ["audit_module"]


def audit_module(name: str) -> ModuleType:
    """The script of a name, without its ending."""
    path = Path(__file__).parents[1] / "audits" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
