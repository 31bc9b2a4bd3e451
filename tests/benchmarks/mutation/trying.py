"""Run tests on a module with a fault: in a forked process, which imports the module from a text that is in no file."""

import os
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType

import pytest

__all__ = ["Outcome", "tried", "warm"]

Outcome = str
"""`survived`, `caught` (a test failed), `broken` (the tests could not be collected), `endless` (out of time) or `unrun`
(pytest knows no such test)."""

OUTCOMES = {0: "survived", 1: "caught", 4: "unrun", 5: "unrun"}
"""By pytest's exit code."""

OPTIONS = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]


def warm() -> None:
    """Import the libraries that every test needs, so that each forked process has them, and nothing of the project."""
    import hypothesis
    import inspect_ai.log
    import inspect_ai.scorer
    import pandas
    import scipy.stats

    assert all((hypothesis, inspect_ai, pandas, scipy))
    assert not [name for name in sys.modules if name == "unmask" or name.startswith("unmask.")]


class _Faulty(SourceFileLoader):
    """Loads a module from a text instead of its file."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self.source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.source, self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    """Finds one module before anybody else does."""

    def __init__(self, root: Path, file: str, source: str) -> None:
        self.name = "unmask." + file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        self.path, self.source = str(root / file), source

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        return spec_from_file_location(fullname, self.path, loader=_Faulty(fullname, self.path, self.source))


def tried(
    root: Path, file: str, source: str, tests: Sequence[str], limit: float, folder: Path
) -> tuple[Outcome, float]:
    """What tests say of a module with another text, and how long they took.

    Tests that pytest does not find are looked for without the fault: where they are there then, the fault broke them.

    Args:
        root: Of the repository.
        file: The module, from there.
        source: Its text.
        tests: Names of tests, as pytest takes them.
        limit: Seconds, after which the tests count as endless.
        folder: For what they print.
    """
    outcome, seconds = _within(root, file, source, [*tests, *OPTIONS], limit, folder)
    if outcome == "unrun":
        sound = (root / file).read_text(encoding="utf-8")
        there, _ = _within(root, file, sound, [*tests, *OPTIONS, "--collect-only"], limit, folder)
        outcome = "broken" if there == "survived" else "unrun"
    return outcome, seconds


def _within(
    root: Path, file: str, source: str, asked: Sequence[str], limit: float, folder: Path
) -> tuple[Outcome, float]:
    """What pytest comes to in a process of its own, and how long that took."""
    start = time.monotonic()
    child = os.fork()
    if not child:
        _run(root, file, source, asked, folder)
    while time.monotonic() - start < limit:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return OUTCOMES.get(os.waitstatus_to_exitcode(status), "broken"), time.monotonic() - start
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "endless", time.monotonic() - start


def _run(root: Path, file: str, source: str, asked: Sequence[str], folder: Path) -> None:
    """The forked process: never returns."""
    code = 3
    try:
        os.setsid()
        os.chdir(root)
        out = os.open(folder / "printed.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for number in (1, 2):
            os.dup2(out, number)
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(folder / "hypothesis")
        sys.meta_path.insert(0, _Finder(root, file, source))
        code = int(pytest.main([*asked, f"--basetemp={folder / 'tmp'}"]))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
