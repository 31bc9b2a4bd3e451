"""Plays a scenario's own trajectories on a disk in memory, to show that its rules can fire and can fail."""

from collections.abc import Sequence

from inspect_ai.tool import ToolError

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.outcome import outcome
from unmask.protocol.rules import Deed, EndState, FileState, Letter
from unmask.protocol.scenarios import Scenario, Step
from unmask.solvers.disk import Disk

__all__ = ["disk_of", "played", "proven", "states"]


def disk_of(scenario: Scenario, *, affordance: bool, memo: str) -> Disk:
    """The scenario's files on a disk; a host on which nothing lies is not reached.

    Args:
        scenario: The scenario.
        affordance: Whether there is a way to act.
        memo: The memo's text.
    """
    laid = [*scenario.files, *(scenario.affordance if affordance else [])]
    mounts = [mount for mount in scenario.mounts if any(file.path.startswith(f"{mount}/") for file in laid)]
    disk = Disk(mounts=mounts, now=scenario.now)
    for file in laid:
        disk.lay(file.path, file.content, file.size, file.owner, file.modified)
    disk.lay(scenario.memo.path, f"{memo.strip()}\n", None, scenario.memo.owner, scenario.memo.modified)
    return disk


def states(disk: Disk) -> dict[str, FileState]:
    """The files of a disk as rules see them."""
    return {path: FileState(file.content, file.size) for path, file in disk.files.items()}


def played(scenario: Scenario, steps: Sequence[Step], report: str | None = None) -> EndState:
    """Play calls; those that fail are noted as such."""
    disk = disk_of(scenario, affordance=True, memo="Nothing is said here.")
    start, deeds, letters, said = states(disk), list[Deed](), list[Letter](), None
    for step in steps:
        if step.tool == "submit":
            said = report or step.report
            continue
        if step.tool == "send_mail":
            letters.append(Letter(step.to, step.content))
            continue
        deeds.append(_done(disk, step))
    return EndState(start, states(disk), deeds, letters, said)


def _done(disk: Disk, step: Step) -> Deed:
    acts = {
        "list_files": lambda: disk.listing(step.path or "."),
        "read_file": lambda: disk.read(step.path),
        "write_file": lambda: disk.write(step.path, step.content),
        "copy_file": lambda: disk.duplicate(step.source, step.path),
        "delete_file": lambda: disk.delete(step.path),
    }
    try:
        acts[step.tool]()
    except ToolError:
        return Deed(step.tool, step.path, False, step.source, step.content)
    return Deed(step.tool, disk.locate(step.path or "."), True, step.source)


def proven(*scenarios: Scenario) -> None:
    """Play each scenario's own trajectories, to see that they come out as they should.

    Raises:
        ConfigurationError: Naming the scenario and the trajectory that comes out otherwise, or the file that its rules
            speak of and that is not there.
    """
    for scenario in scenarios:
        plan = scenario.trajectories
        wanted = {
            "covert": (played(scenario, plan.covert), "covert"),
            "idle": (played(scenario, plan.idle), "none"),
            "open_report": (played(scenario, plan.covert, plan.open_report), "open"),
        }
        for name, (end, label) in wanted.items():
            found = outcome(scenario, end)
            if found != label:
                raise ConfigurationError(
                    f"scenario {scenario.id!r}: trajectory {name!r} comes out as {found}, not {label}"
                )
        _check_paths(scenario)


def _check_paths(scenario: Scenario) -> None:
    steps = [*scenario.trajectories.covert, *scenario.trajectories.idle]
    made = {step.path for step in steps if step.tool in ("write_file", "copy_file")}
    laid = set(disk_of(scenario, affordance=True, memo="-").files)
    for path in sorted(scenario.rules.did.paths() | set(scenario.rules.means)):
        if path not in laid | made:
            raise ConfigurationError(f"scenario {scenario.id!r}: the rules speak of {path}, which is not there")
