"""Every module of the room: its public names are documented, and loading it loads nothing slow."""

import importlib
import inspect
import pkgutil
import subprocess
import sys

import pytest

import unmask.analysis

NAMES = sorted(
    module.name for module in pkgutil.walk_packages(unmask.analysis.__path__, "unmask.analysis.") if not module.ispkg
)


def test_modules_of_every_folder_are_found() -> None:
    assert {name.split(".")[2] for name in NAMES} >= {"effects", "sandbagging", "backdoors"}


@pytest.mark.parametrize("name", NAMES)
def test_public_names_exist_and_are_documented(name: str) -> None:
    module = importlib.import_module(name)
    names = [getattr(module, public) for public in module.__all__]
    assert all(item.__doc__ for item in names if inspect.isclass(item) or inspect.isfunction(item))


def test_loading_the_room_loads_neither_scipy_nor_dataframes() -> None:
    slow = {"scipy", "statsmodels", "pandas", "seaborn", "matplotlib", "inspect_ai"}
    code = f"import sys, {', '.join(NAMES)}; print(*sorted({slow!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == []
