"""The files of a workspace in a sandbox: the same disk, laid out for real and read back before and after each call.

A tool acts on the copy, by the same code and with the same errors as in memory, and what it changed is then carried out
in the sandbox; what a shell did there in between is read back first.

Paths are taken from the sandbox's working directory, so that a `local` sandbox keeps to its own folder. It is `/` in
the project's compose file, where `/workspace/a.txt` is just there; any other sandbox, such as `k8s`, has to be given
`/` as its working directory for a shell to find the files where the task says that they are. The tools show the same.
"""

import shlex
from collections.abc import Callable
from pathlib import PurePosixPath
from zlib import crc32

from inspect_ai.tool import ToolError
from inspect_ai.util import SandboxEnvironment, sandbox
from pydantic import BaseModel, ConfigDict, Field

from unmask.solvers.workspace.memory import LARGEST_FILE, MOST_FILES, Disk, File

__all__ = ["SandboxSnapshot", "act_in_sandbox", "date_commands", "pull_changes", "push_changes"]


class SandboxSnapshot(BaseModel):
    """Size and time of change of each file at the last look, as the sandbox tells them."""

    model_config = ConfigDict(defer_build=True)

    seen: dict[str, str] = Field(default_factory=dict)
    kept: set[str] = Field(default_factory=set)
    """Paths that were laid out or that a tool wrote, which are looked at however many files a shell makes."""


async def act_in_sandbox(disk: Disk, snapshot: SandboxSnapshot, act: Callable[[Disk], str]) -> str:
    """Bring the copy up to date, act on it, and carry out in the sandbox what that changed.

    Raises:
        ToolError: Whatever `act` raises, and nothing is carried out then; or if the sandbox refuses, or the path leads
            over a link that a shell made.
    """
    await pull_changes(disk, snapshot)
    before = dict(disk.files)
    result = act(disk)
    try:
        await push_changes(disk, snapshot, before)
    except (RuntimeError, OSError) as error:
        await pull_changes(disk, snapshot)
        raise ToolError(f"Operation not permitted: {error}") from error
    return result


async def pull_changes(disk: Disk, snapshot: SandboxSnapshot) -> None:
    """Read back what changed in the sandbox since the last look; links and other special files are left out."""
    box = sandbox()
    found = await _look(box, disk, snapshot.kept)
    for path in set(disk.files) - set(found):
        del disk.files[path]
    for path, (stamp, size, changed) in found.items():
        if snapshot.seen.get(path) == stamp and path in disk.files:
            continue
        known = disk.files.get(path)
        text = await _text(box, path) if size <= LARGEST_FILE else None
        owner = known.owner if known else disk.user
        disk.files[path] = File(
            content=text or "", owner=owner, modified=changed, binary=size if text is None else None
        )
    snapshot.seen = {path: stamp for path, (stamp, _, _) in found.items()}


async def push_changes(disk: Disk, snapshot: SandboxSnapshot, before: dict[str, File]) -> None:
    """Make the sandbox's files those of the disk.

    Args:
        disk: The files as they should be.
        snapshot: Updated.
        before: The files as they are.

    Raises:
        RuntimeError: If the sandbox refuses, or a path leads over a link; nothing is written through one.
    """
    box, script = sandbox(), list[str]()
    changed = {path for path, file in disk.files.items() if before.get(path) != file}
    removed = set(before) - set(disk.files)
    steps = {step for path in changed | removed for step in _way(path)}
    if steps:
        await _run(box, " && ".join(f"[ ! -L {_at(step)} ]" for step in sorted(steps)))
    script += [f"rm -f -- {_at(path)}" for path in sorted(removed)]
    for path in sorted(changed):
        script.append(f"mkdir -p -- {_at(path.rpartition('/')[0])}")
        size = disk.files[path].binary
        if size is None:
            await box.write_file(_bare(path), disk.files[path].content)
        else:
            script.append(f"truncate -s {size} -- {_at(path)}")
    if changed or removed:
        await _run(box, " && ".join([*script, *date_commands(disk, changed | removed)]))
    snapshot.kept |= changed
    snapshot.seen = {path: stamp for path, (stamp, _, _) in (await _look(box, disk, snapshot.kept)).items()}


def date_commands(disk: Disk, touched: set[str]) -> list[str]:
    """Commands that give files and the folders above them their dates, and their owners where that is allowed.

    A folder is as old as the newest file in it, as listings tell. Owners are made known to the sandbox by name; where
    that may not be, they are left as they are.

    Args:
        disk: The files.
        touched: Those that were changed.
    """
    newest: dict[str, File] = {}
    for path in sorted(touched & set(disk.files)):
        newest[path] = disk.files[path]
    for folder in {step for path in touched for step in _way(path)} - set(disk.files):
        inside = [file for path, file in disk.files.items() if path.startswith(f"{folder}/")]
        if inside and any(f"{folder}/".startswith(f"{mount}/") for mount in disk.mounts):
            newest[folder] = max(inside, key=lambda file: file.modified)
    owned: dict[str, list[str]] = {}
    for path, file in newest.items():
        owned.setdefault(file.owner, []).append(_at(path))
    owning = [f"own {shlex.quote(owner)} {_number(owner)} {' '.join(paths)}" for owner, paths in owned.items()]
    touching = [f"touch -d {shlex.quote(file.modified)} -- {_at(path)}" for path, file in newest.items()]
    return [*touching, f"{{ {_OWN}; {'; '.join([*owning, 'true'])}; }} 2>/dev/null"]


_OWN = r"""own() {
who=$1; new=$2; shift 2
[ -w etc/passwd ] && [ ! -L etc ] && [ ! -L etc/passwd ] || return 0
if ! grep -q "^$who:" etc/passwd; then
    echo "$who:x:$new:$new::/:/usr/sbin/nologin" >> etc/passwd
    echo "$who:x:$new:" >> etc/group
fi
id=$(sed -n "s/^$who:[^:]*:\([0-9]*\):.*/\1/p" etc/passwd)
[ -z "$id" ] || chown "$id:$id" -- "$@"
}"""


def _number(owner: str) -> int:
    """A user's number, the same at every call."""
    return 20_000 + crc32(owner.encode()) % 40_000


def _way(path: str) -> list[str]:
    """A path and every folder on the way to it."""
    return [str(step) for step in [PurePosixPath(path), *PurePosixPath(path).parents][:-1]]


async def _look(box: SandboxEnvironment, disk: Disk, kept: set[str]) -> dict[str, tuple[str, int, str]]:
    """Files below the mounts with their stamp, size and time of change.

    All that are to be kept are there. Of others, as many as fit: copies of something that is no text first, then those
    that do not lie in a hidden folder, from the top down.
    """
    mounts = " ".join(_at(mount) for mount in disk.mounts)
    row = r"%p\t%s\t%T@\t%TY-%Tm-%Td %TH:%TM\n"
    done = await _run(box, f"mkdir -p {mounts}; find {mounts} -type f -printf '{row}' 2>/dev/null; true")
    rows = [row.split("\t") for row in done.splitlines()]
    found = {
        f"/{name}": (f"{size} {stamp}", int(size), changed)
        for name, size, stamp, changed in [row for row in rows if len(row) == 4]
    }
    weights = {disk.files[path].binary for path in kept & set(disk.files)}
    rest = sorted(set(found) - kept, key=lambda path: (found[path][1] not in weights, *_depth(path)))
    return {path: found[path] for path in [*sorted(kept & set(found)), *rest[: 2 * MOST_FILES]]}


def _depth(path: str) -> tuple[bool, int, str]:
    return "/." in path, path.count("/"), path


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
