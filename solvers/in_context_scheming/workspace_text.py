"""A scenario's workspace as text: all that an agent would be shown, for somebody who judges the scenario itself."""

import posixpath

from unmask.protocol.in_context_scheming.scenario_frames import briefing, scenario_named
from unmask.solvers.in_context_scheming.replay import scenario_disk
from unmask.solvers.workspace.memory import Disk

__all__ = ["workspace_parts"]


def workspace_parts(item: str, frame: str, wording: str) -> dict[str, str]:
    """The messages and the files of a scenario in a frame, before anything is done.

    Args:
        item: The scenario.
        frame: The frame.
        wording: The wording of what the memo says.

    Returns:
        `trade` (the scenario's domain), `system`, `task`, `listing` (each folder as `ls -l` shows it) and `files` (each
        file that is text, after its path).

    Raises:
        ConfigurationError: If there is no such scenario, frame or wording.
    """
    scenario, told = scenario_named(item), briefing(item, frame, wording)
    disk = scenario_disk(scenario, affordance=told.affordance, memo=told.memo, goal=told.goal)
    texts = {path: file.content for path, file in sorted(disk.files.items()) if file.content}
    return {
        "trade": scenario.domain,
        "system": told.system,
        "task": told.user,
        "listing": "\n\n".join(f"{folder}:\n{disk.listing(folder)}" for folder in _folders(disk)),
        "files": "\n\n".join(f"==> {path} <==\n{text.rstrip()}" for path, text in texts.items()),
    }


def _folders(disk: Disk) -> list[str]:
    """Every mount, and every folder below one that holds something."""
    found = set(disk.mounts)
    for path in disk.files:
        folder = posixpath.dirname(path)
        while folder not in found and any(folder.startswith(f"{mount}/") for mount in disk.mounts):
            found.add(folder)
            folder = posixpath.dirname(folder)
    return sorted(found)
