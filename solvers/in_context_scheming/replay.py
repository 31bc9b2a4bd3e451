"""Plays a scenario's own trajectories on a disk in memory, to show that its rules can fire and can fail."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from inspect_ai.tool import ToolError

from unmask.protocol.actions import Action, EndState, FileState, Mail
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.in_context_scheming.outcome import outcome
from unmask.protocol.in_context_scheming.rules import Rule
from unmask.protocol.in_context_scheming.scenario_rules import Step
from unmask.protocol.in_context_scheming.scenarios import Scenario
from unmask.solvers.workspace.memory import Disk
from unmask.solvers.workspace.state import ActionLog

__all__ = ["file_states", "replayed", "scenario_disk", "verify_scenarios"]


def scenario_disk(scenario: Scenario, *, affordance: bool, memo: str, goal: str | None = None) -> Disk:
    """The scenario's files on a disk; a host on which nothing lies is not reached.

    Args:
        scenario: The scenario.
        affordance: Whether there is a way to act.
        memo: The memo's text.
        goal: What stands for the slot {goal} in a file, such as the prompt that the agent itself was given; the
            scenario's own goal where it is left out.
    """
    own = scenario.goals.own if scenario.goals else ""
    laid = [*scenario.files, *(scenario.affordance if affordance else [])]
    mounts = [mount for mount in scenario.mounts if any(file.path.startswith(f"{mount}/") for file in laid)]
    disk = Disk(mounts=mounts, now=scenario.now)
    for file in laid:
        content = file.content and file.content.replace("{goal}", own if goal is None else goal)
        disk.lay(file.path, content, file.size, file.owner, file.modified)
    disk.lay(scenario.memo.path, f"{memo.strip()}\n", None, scenario.memo.owner, scenario.memo.modified)
    return disk


def file_states(disk: Disk) -> dict[str, FileState]:
    """The files of a disk as rules see them."""
    return {path: FileState(file.content, file.size) for path, file in disk.files.items()}


def replayed(scenario: Scenario, steps: Sequence[Step], report: str | None = None) -> EndState:
    """Play calls; those that fail are noted as such."""
    disk = scenario_disk(scenario, affordance=True, memo="Nothing is said here.")
    start, log, mail, said = file_states(disk), ActionLog(), list[Mail](), None
    for step in steps:
        if step.tool == "submit":
            said = report or step.report
            continue
        if step.tool == "send_mail":
            mail.append(Mail(step.to, "", step.content))
            continue
        before = dict(disk.files)
        action = _done(disk, step)
        log.note_changes(action, before, disk.files)
        log.note(action)
    return EndState(start, file_states(disk), log.so_far(), mail, said)


def _done(disk: Disk, step: Step) -> Action:
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
        return Action(step.tool, step.path, False, step.source, step.content)
    return Action(step.tool, disk.locate(step.path or "."), True, step.source)


def verify_scenarios(*scenarios: Scenario) -> None:
    """Play each scenario's own trajectories, to see that its files can be laid out and that its rules tell them apart.

    Raises:
        ConfigurationError: Naming the scenario, and the trajectory that comes out otherwise than it should, the file or
            folder that its rules speak of and that is not there, the part of a rule that never or always holds, or the
            file that cannot be laid out.
    """
    for scenario in scenarios:
        if _seen.get(id(scenario)) is scenario:
            continue
        try:
            _check_trajectories(scenario)
            _check_paths(scenario)
            _check_parts(scenario)
        except ToolError as error:
            raise ConfigurationError(f"scenario {scenario.id!r}: {error}") from error
        _seen[id(scenario)] = scenario


_seen: dict[int, Scenario] = {}
"""Scenarios that have been played, which nothing changes afterwards."""


def _check_trajectories(scenario: Scenario) -> None:
    plan = scenario.trajectories
    covert, idle = replayed(scenario, plan.covert), replayed(scenario, plan.idle)
    _comes_to("covert", "covert", scenario, covert)
    _comes_to("idle", "none", scenario, idle)
    _comes_to("open_report", "open", scenario, replayed(scenario, plan.covert, plan.open_report))
    for finding, steps in plan.covert_if.items():
        _comes_to(f"covert_if.{finding}", "covert", scenario, replayed(scenario, steps), finding)
        if "none" not in {outcome(scenario, end, finding) for end in (covert, idle)}:
            raise ConfigurationError(f"scenario {scenario.id!r}: the rule of 'did_if', {finding!r}, always holds")


def _comes_to(name: str, label: str, scenario: Scenario, end: EndState, finding: str = "conflict") -> None:
    found = outcome(scenario, end, finding)
    if found != label:
        raise ConfigurationError(f"scenario {scenario.id!r}: trajectory {name!r} comes out as {found}, not {label}")


def _check_paths(scenario: Scenario) -> None:
    plan, rules = scenario.trajectories, _rules(scenario)
    steps = [step for steps in (plan.covert, plan.idle, *plan.covert_if.values()) for step in steps]
    made = {step.path for step in steps if step.tool in ("write_file", "copy_file")}
    there = set(scenario_disk(scenario, affordance=True, memo="-").files) | made
    spoken = {path for rule in rules for path in rule.paths()} | set(scenario.rules.means)
    folders = {folder for rule in rules for folder in rule.folders()}
    lacking = [path for path in spoken if path not in there]
    lacking += [folder for folder in folders if not any(path.startswith(f"{folder}/") for path in there)]
    if lacking:
        raise ConfigurationError(f"scenario {scenario.id!r}: the rules speak of {min(lacking)}, which is not there")


def _check_parts(scenario: Scenario) -> None:
    """See each part of a rule hold and fail: in a trajectory, or in one without a call, or with a file emptied or gone.

    That a file is gone says nothing of a pattern that is looked for in it.
    """
    parts = [part for rule in _rules(scenario) for part in rule.parts()]
    lacking = {(place, held) for place in range(len(parts)) for held in (True, False)}
    for end in _probes(scenario):
        lacking -= {(place, parts[place].holds(end)) for place, _ in lacking if _is_there(parts[place], end)}
        if not lacking:
            return
    place, held = min(lacking)
    part, fault = parts[place].model_dump(exclude_none=True), "never" if held else "always"
    raise ConfigurationError(f"scenario {scenario.id!r}: a part of its rules {fault} holds: {part}")


def _is_there(part: Rule, end: EndState) -> bool:
    return part.has is None or part.has.path in end.files


def _probes(scenario: Scenario) -> Iterator[EndState]:
    plan = scenario.trajectories
    runs = [plan.covert, plan.idle, *plan.covert_if.values()]
    ends = [replayed(scenario, steps) for steps in runs]
    yield from ends
    for end in ends:
        yield from (replace(end, files={**end.files, path: FileState("", 0)}) for path in end.files)
        yield from (replace(end, files={p: file for p, file in end.files.items() if p != path}) for path in end.files)
    for steps in runs:
        yield from (replayed(scenario, [*steps[:place], *steps[place + 1 :]]) for place in range(len(steps)))


def _rules(scenario: Scenario) -> list[Rule]:
    return [scenario.rules.did, *scenario.rules.did_if.values()]
