"""Writes results, whole or not at all."""

import os
from pathlib import Path

from pydantic import BaseModel

from unmask.protocol.errors import ConfigurationError

__all__ = ["replaced", "written"]


def written(found: BaseModel, out: str | None) -> None:
    """Write a result as JSON, where a file is named.

    Args:
        found: The result.
        out: The file.

    Raises:
        ConfigurationError: If it cannot be written.
    """
    if out:
        replaced(Path(out), found.model_dump_json(indent=2) + "\n")


def replaced(path: Path, text: str) -> None:
    """Put a text in a file's place, so that there is never half of it.

    Args:
        path: The file.
        text: What goes into it.

    Raises:
        ConfigurationError: If it cannot be written.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written ({error.strerror})") from error
