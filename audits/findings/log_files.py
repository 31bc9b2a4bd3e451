"""Logs by path: a file, a folder, a remote folder; with a line for each that cannot be used, and the rest kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log

from unmask.protocol.errors import ConfigurationError

__all__ = ["LogFault", "find_logs", "read_header"]

SUITE = "unmask"


@dataclass(frozen=True)
class LogFault:
    """A log that cannot be used, and why."""

    log: str
    why: str
    foreign: bool = False
    """Whether it is whole, and of another suite."""

    superseded: bool = False
    """Whether a later log of the same run counts in its place, so that nothing is lost."""

    task_id: str = ""
    """What a log has in common with its retries, where that can be read."""

    eval_id: str = ""
    """What it has in common with its copies alone."""

    def __str__(self) -> str:
        """One line."""
        return f"{self.log}: {self.why}"


def find_logs(paths: Iterable[str]) -> tuple[list[EvalLog], list[LogFault]]:
    """Read the headers of all logs at some places.

    Args:
        paths: Files and folders, local or of any filesystem that fsspec knows (`s3://...`).

    Returns:
        Headers of the logs that can be used, in the order of their making; and what cannot, with the reason: foreign
        logs, truncated ones, those that are still being written or were cancelled before anything was scored.

    Raises:
        ConfigurationError: If a place does not exist, or none of them holds a log.
    """
    headers: list[EvalLog] = []
    faults: list[LogFault] = []
    for name in dict.fromkeys(name for path in paths for name in _names(path)):
        found = read_header(name)
        if isinstance(found, LogFault):
            faults.append(found)
        else:
            headers.append(found)
    return sorted(headers, key=lambda log: (log.eval.created, log.location)), faults


def read_header(name: str) -> EvalLog | LogFault:
    """Read a log's header, or say why it cannot be used.

    Args:
        name: Where the log lies.
    """
    try:
        log = read_eval_log(name, header_only=True)
    except Exception as error:  # whatever a broken file makes of a reader
        return LogFault(name, f"cannot be read ({_unreadable(error)})")
    if (log.eval.metadata or {}).get("suite") != SUITE:
        return LogFault(name, f"not a log of this suite (task {log.eval.task})", foreign=True)
    if log.status == "started":
        cut = "still being written, or cut off; `inspect eval-retry` goes on with it"
        return LogFault(name, cut, task_id=log.eval.task_id, eval_id=log.eval.eval_id)
    if log.results is None:
        bare = f"nothing was scored (status {log.status}); `inspect score` may do it now"
        return LogFault(name, bare, task_id=log.eval.task_id, eval_id=log.eval.eval_id)
    return log


def _unreadable(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "no such file"
    line = str(error).partition("\n")[0]
    return f"cut off, or no log of Inspect; {type(error).__name__}: {line}"


def _names(path: str) -> list[str]:
    if path.endswith((".eval", ".json")):
        return [path]
    try:
        found = [_as_named(info.name, path) for info in list_eval_logs(path, formats=["eval", "json"])]
    except FileNotFoundError:
        found = []
    if not found:
        raise ConfigurationError(f"{path}: no logs here")
    return found


def _as_named(name: str, folder: str) -> str:
    """A log on this machine, under its folder as that was named; one that lies elsewhere as it is."""
    if not name.startswith("file://"):
        return name
    plain, whole = Path(name.removeprefix("file://")), Path(folder.removeprefix("file://")).absolute()
    named = Path(folder.removeprefix("file://"))
    return str(named / plain.relative_to(whole) if plain.is_relative_to(whole) else plain)
