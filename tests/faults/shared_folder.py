"""One audit as shards of several processes on one folder, held against one process."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.faults.fault_runs import FaultRun
from unmask.audits.report.comparable import comparable
from unmask.audits.report.report_files import read_report

__all__ = ["shard_command", "shared_folder"]


def shard_command(run: FaultRun, task: str, logs: str, shard: str | None = None) -> list[str]:
    """The command that runs a task, or a shard of it.

    Args:
        run: The task's arguments and organism.
        task: Its name.
        logs: The folder for logs, local or remote.
        shard: `K/N`.
    """
    told = run.arguments | ({"shard": shard} if shard else {})
    arguments = [word for name, value in told.items() for word in ("-T", f"{name}={str(value).lower()}")]
    program = str(Path(sys.executable).with_name("inspect"))
    model = ["--model", f"organism/{run.organism}"]
    return [program, "eval", f"unmask/{task}", *arguments, *model, "--log-dir", logs, "--display", "none"]


def shared_folder(
    folder: Path, run: FaultRun, task: str, processes: int, logs: str | None = None, variables: Mapping[str, str] = {}
) -> dict[str, Any]:
    """Run a task in one process and in several at once, and compare what is reported of both.

    Args:
        folder: For logs.
        run: The task's arguments and organism.
        task: Its name.
        processes: How many at once.
        logs: The shared folder, where it is not a local one.
        variables: Of the environment, such as an endpoint and its keys.

    Returns:
        A row of the table.
    """
    shared = logs or str(folder / "shared")
    whole = shard_command(run, task, str(folder / "whole"))
    shards = [shard_command(run, task, shared, f"{number}/{processes}") for number in range(1, processes + 1)]
    environment = os.environ | dict(variables)
    subprocess.run(whole, env=environment, check=True)
    for process in [subprocess.Popen(command, env=environment) for command in shards]:
        if process.wait():
            raise RuntimeError(f"{shared}: a shard ended with {process.returncode}")
    wanted = comparable(read_report([str(folder / "whole")]).results)
    found = comparable(read_report([shared]).results)
    subprocess.run(shards[0], env=environment, check=True)
    again = comparable(read_report([shared]).results)
    return {
        "task": task,
        "processes": processes,
        "samples": wanted["findings"][0]["finding"]["planned"],
        "results": "equal" if found == wanted else "different",
        "again": "equal" if again == wanted else "different",
        "told": [*_differing(wanted, found), *_differing(wanted, again)],
    }


def _differing(one: Any, other: Any, place: str = "") -> list[str]:
    """Where two results differ, by their keys."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted(one.keys() | other.keys())
        return [told for key in keys for told in _differing(one.get(key), other.get(key), f"{place}.{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [told for n, pair in pairs for told in _differing(*pair, f"{place}[{n}]")]
    return [] if one == other else [f"{place}: {one!r:.80} and {other!r:.80}"]
