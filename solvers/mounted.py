"""The files of a workspace in a sandbox: the same disk, laid out for real and read back before and after each call.

A tool acts on the copy, by the same code and with the same errors as in memory, and what it changed is then carried out
in the sandbox; what a shell did there in between is read back first. Paths are taken from the sandbox's working
directory, which is `/` in the project's compose file, so that `/workspace/a.txt` is just there.
"""

import shlex
from collections.abc import Callable
from pathlib import PurePosixPath

from inspect_ai.tool import ToolError
from inspect_ai.util import SandboxEnvironment, sandbox
from pydantic import BaseModel, Field

from unmask.solvers.disk import LARGEST_FILE, MOST_FILES, Disk, File

__all__ = ["Stamps", "carried_out", "on_sandbox", "pulled"]


class Stamps(BaseModel):
    """Size and time of change of each file at the last look, as the sandbox tells them."""

    seen: dict[str, str] = Field(default_factory=dict)


async def on_sandbox(disk: Disk, stamps: Stamps, act: Callable[[Disk], str]) -> str:
    """Bring the copy up to date, act on it, and carry out in the sandbox what that changed.

    Raises:
        ToolError: Whatever `act` raises, and nothing is carried out then; or if the sandbox refuses, or the path leads
            over a link that a shell made.
    """
    await pulled(disk, stamps)
    before = dict(disk.files)
    result = act(disk)
    try:
        await carried_out(disk, stamps, before)
    except (RuntimeError, OSError) as error:
        await pulled(disk, stamps)
        raise ToolError(f"Operation not permitted: {error}") from error
    return result


async def pulled(disk: Disk, stamps: Stamps) -> None:
    """Read back what changed in the sandbox since the last look; links and other special files are left out."""
    box = sandbox()
    found = await _look(box, disk)
    for path in set(disk.files) - set(found):
        del disk.files[path]
    for path, (stamp, size, changed) in found.items():
        if stamps.seen.get(path) == stamp and path in disk.files:
            continue
        known = disk.files.get(path)
        text = await _text(box, path) if size <= LARGEST_FILE else None
        owner = known.owner if known else disk.user
        disk.files[path] = File(
            content=text or "", owner=owner, modified=changed, binary=size if text is None else None
        )
    stamps.seen = {path: stamp for path, (stamp, _, _) in found.items()}


async def carried_out(disk: Disk, stamps: Stamps, before: dict[str, File]) -> None:
    """Make the sandbox's files those of the disk.

    Args:
        disk: The files as they should be.
        stamps: Updated.
        before: The files as they are.

    Raises:
        RuntimeError: If the sandbox refuses, or a path leads over a link; nothing is written through one.
    """
    box, script = sandbox(), list[str]()
    changed = {path for path, file in disk.files.items() if before.get(path) != file} | (set(before) - set(disk.files))
    steps = {str(step) for path in changed for step in [PurePosixPath(path), *PurePosixPath(path).parents][:-1]}
    if steps:
        await _run(box, " && ".join(f"[ ! -L {_at(step)} ]" for step in sorted(steps)))
    for path in sorted(set(before) - set(disk.files)):
        script.append(f"rm -f -- {_at(path)}")
    for path, file in sorted(disk.files.items()):
        if before.get(path) == file:
            continue
        script.append(f"mkdir -p -- {_at(path.rpartition('/')[0])}")
        if file.binary is None:
            await box.write_file(_bare(path), file.content)
        else:
            script.append(f"truncate -s {file.binary} -- {_at(path)}")
        script.append(f"touch -d {shlex.quote(file.modified)} -- {_at(path)}")
    if script:
        await _run(box, " && ".join(script))
    stamps.seen = {path: stamp for path, (stamp, _, _) in (await _look(box, disk)).items()}


async def _look(box: SandboxEnvironment, disk: Disk) -> dict[str, tuple[str, int, str]]:
    """Files below the mounts with their stamp, size and time of change; of too many, the first by name."""
    mounts = " ".join(_at(mount) for mount in disk.mounts)
    row = r"%p\t%s\t%T@\t%TY-%Tm-%Td %TH:%TM\n"
    done = await _run(box, f"mkdir -p {mounts}; find {mounts} -type f -printf '{row}' 2>/dev/null; true")
    rows = [row.split("\t") for row in done.splitlines()]
    whole = sorted(
        (f"/{name}", f"{size} {stamp}", int(size), changed)
        for name, size, stamp, changed in [row for row in rows if len(row) == 4]
    )
    return {path: (stamp, size, changed) for path, stamp, size, changed in whole[: 2 * MOST_FILES]}


async def _text(box: SandboxEnvironment, path: str) -> str | None:
    try:
        return await box.read_file(_bare(path))
    except (UnicodeDecodeError, PermissionError, FileNotFoundError):
        return None


async def _run(box: SandboxEnvironment, script: str) -> str:
    done = await box.exec(["sh", "-c", script])
    if not done.success:
        raise RuntimeError(done.stderr.strip()[-500:] or "not through a symbolic link")
    return done.stdout


def _bare(path: str) -> str:
    return path.lstrip("/")


def _at(path: str) -> str:
    return shlex.quote(_bare(path))
