"""The file that a bundle is: a plain tar (USTAR, not compressed) of which every byte is determined by what it holds.

Names are in order, dates are zero, owners are nobody. A reader therefore knows what every byte between the files has to
be, and nothing can be hidden there; links, devices and sizes that unpack to more than they show do not exist in it.
"""

import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from unmask.protocol.errors import ConfigurationError

__all__ = ["Unpacked", "unpack", "write_container"]

_BLOCK, _RECORD, _CHUNK = tarfile.BLOCKSIZE, tarfile.RECORDSIZE, 1 << 20

_OUT = {"", ".", ".."}


def write_container(folder: Path, out: Path) -> None:
    """Put the files of a folder into one file.

    Args:
        folder: The folder.
        out: The file; it is replaced.

    Raises:
        ConfigurationError: If a name or a size does not fit into such a file.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    fresh = out.with_name(f"{out.name}.part")
    try:
        with fresh.open("wb") as target:
            for name in names:
                with (folder / name).open("rb") as source:
                    size = (folder / name).stat().st_size
                    target.write(_header(name, size))
                    shutil.copyfileobj(source, target, _CHUNK)
                    target.write(bytes(-size % _BLOCK))
            target.write(bytes(2 * _BLOCK))
            target.write(bytes(-target.tell() % _RECORD))
        fresh.replace(out)
    except ValueError as error:
        raise ConfigurationError(f"{out}: {error}") from error
    except OSError as error:
        raise ConfigurationError(f"{out}: {error.strerror or error}") from error
    finally:
        fresh.unlink(missing_ok=True)


@dataclass
class Unpacked:
    """What was read out of a bundle."""

    names: list[str] = field(default_factory=list)
    """Files, in order."""

    faults: list[str] = field(default_factory=list)
    """What is not as it was written, a line each."""

    broken: bool = False
    """Whether what comes after a fault could not be read."""


def unpack(bundle: Path, folder: Path) -> Unpacked:
    """Read the files out of a bundle, and look at every byte between them.

    Args:
        bundle: The file.
        folder: An empty folder, below which alone anything is written.

    Raises:
        ConfigurationError: If the file cannot be read.
    """
    found = Unpacked()
    try:
        with bundle.open("rb") as source:
            for name, size in _members(source, bundle.stat().st_size, found):
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as target:
                    _copy(source, target, size)
    except OSError as error:
        raise ConfigurationError(f"{bundle}: {error.strerror or error}") from error
    return found


def _members(source: BinaryIO, length: int, found: Unpacked) -> Iterator[tuple[str, int]]:
    """Names and sizes of the files; the source then stands at their first byte."""
    while True:
        at, block = source.tell(), source.read(_BLOCK)
        after = f"after {found.names[-1]}" if found.names else "at the start"
        if not any(block):
            _end(source, at, length, found, after)
            return
        try:
            info = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
        except (tarfile.HeaderError, UnicodeDecodeError) as error:
            name = block[:100].split(b"\0")[0].decode("ascii", "replace")
            found.faults.append(f"{name}: its header cannot be read: {error} (byte {at}, {after})")
            found.broken = True
            return
        fault = _refused(info, found.names, length - at - _BLOCK)
        if fault:
            found.faults.append(f"{info.name}: {fault} (header at byte {at}, {after})")
            found.broken = True
            return
        if not _as_written(info, block):
            found.faults.append(f"{info.name}: its header is not as it was written (byte {at}, {after})")
        found.names.append(info.name)
        yield info.name, info.size
        source.seek(at + _BLOCK + info.size)
        if any(source.read(-info.size % _BLOCK)):
            found.faults.append(f"{info.name}: something stands after it, before the next file")


def _refused(info: tarfile.TarInfo, names: list[str], left: int) -> str | None:
    """Why a file is not taken, if so."""
    if info.type != tarfile.REGTYPE:
        return "no plain file"
    if info.name.startswith("/") or _OUT & set(info.name.split("/")) or set("\\:") & set(info.name):
        return "its name leads out of the bundle"
    if info.name in names:
        return "in the bundle twice"
    if info.size > left:
        return f"cut off: {info.size} bytes told, {left} left"
    if names and info.name < names[-1]:
        return "out of order"
    return None


def _as_written(info: tarfile.TarInfo, block: bytes) -> bool:
    try:
        return _header(info.name, info.size) == block
    except ValueError:
        return False


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o644, 0
    return info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")


def _copy(source: BinaryIO, target: BinaryIO, size: int) -> None:
    while size > 0:
        piece = source.read(min(size, _CHUNK))
        target.write(piece)
        size -= len(piece)


def _end(source: BinaryIO, at: int, length: int, found: Unpacked, after: str) -> None:
    whole = at + 2 * _BLOCK
    source.seek(at)
    while piece := source.read(_CHUNK):
        if any(piece):
            found.faults.append(f"something stands {after}, past the end of the bundle")
            return
    if length != whole + -whole % _RECORD:
        found.faults.append(f"the end of the bundle is not as it was written: {length} bytes, {after}")
