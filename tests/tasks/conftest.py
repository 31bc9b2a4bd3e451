import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog
from inspect_ai.model import Model, get_model

from tests.direct_run import direct_log
from unmask import scorers
from unmask.organisms.provider import Organism
from unmask.tasks.alignment_faking import alignment_faking

Run = Callable[..., EvalLog]
Command = Callable[..., "subprocess.Popen[str]"]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the alignment-faking task: `run(subject, grader=None, limit=None, **task_args)`."""
    folder = tmp_path_factory.mktemp("logs")

    def one(subject: str | Model, grader: Model | None = None, limit: int | None = None, **task_args: Any) -> EvalLog:
        roles: dict[str, str | Model] = {"grader": grader} if grader else {}
        options: dict[str, Any] = {"log_dir": str(folder), "display": "log", "limit": limit, "log_realtime": False}
        [log] = eval(alignment_faking, model=subject, model_roles=roles, task_args=task_args, **options)
        return log

    return one


@pytest.fixture(scope="session")
def shared(run: Run) -> Run:
    """Run an organism once for all tests that want the same: `shared(name, strength=1.0, **task_args)`."""

    @cache
    def once(name: str, strength: float, task_args: frozenset[tuple[str, Any]]) -> EvalLog:
        return run(get_model(f"organism/{name}", strength=strength, memoize=False), **dict(task_args))

    return lambda name, strength=1.0, **task_args: once(name, strength, frozenset(task_args.items()))


@pytest.fixture(scope="session")
def direct() -> Run:
    """As `shared`, without Inspect's runner: the same samples, scores and metrics, and no events.

    With `whole`, awareness and engagement are scored too, which takes longer than all else.
    """

    @cache
    def once(name: str, strength: float, task_args: frozenset[tuple[str, Any]]) -> EvalLog:
        given = dict(task_args)
        more = [scorers.eval_awareness(), scorers.engagement()] if given.pop("whole", False) else []
        asked = [scorers.complied(), scorers.faking_reasoning(), *more]
        frames = given.get("frames", "contrast")
        return direct_log(alignment_faking(**given), Organism(name, strength=strength), *asked, frames=frames)

    return lambda name, strength=1.0, **task_args: once(name, strength, frozenset(task_args.items()))


@pytest.fixture(scope="session")
def outsider(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a package with a model provider of its own is installed."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copy(Path(__file__).with_name("outsider.py"), folder)
    info = folder / "outsider-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: outsider\nVersion: 1\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[inspect_ai]\noutsider = outsider\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def start(outsider: Path) -> Command:
    """Start `inspect` as a user does, from the project's root: `start("eval", "tasks/x.py", VARIABLE="value")`."""

    def started(*arguments: str | Path, **variables: str) -> "subprocess.Popen[str]":
        command = [str(Path(sys.executable).with_name("inspect")), *map(str, arguments), "--display", "plain"]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("INSPECT_", "HF_"))}
        environment = kept | {"PYTHONPATH": str(outsider), "COLUMNS": "400"} | variables
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=pipe, stderr=pipe, text=True)

    return started


@pytest.fixture(scope="session")
def inspect(start: Command) -> Callable[..., None]:
    """Run `inspect` to its end, which must be a good one; takes what `start` does."""

    def finished(*arguments: str | Path, **variables: str) -> None:
        process = start(*arguments, **variables)
        said, complaint = process.communicate()
        assert process.returncode == 0, said + complaint

    return finished
