"""Data files: found, read strictly, validated, hashed.

PyYAML keeps the last of two equal keys without a word, and a pydantic error gives a list index where a contributor
knows an item by its id. Both have cost people an afternoon, so this module refuses the first and translates the second.
"""

import hashlib
import os
from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from unmask.protocol.errors import ConfigurationError

__all__ = ["DATA", "Record", "add_threat", "canary", "load", "read", "sha256", "shown", "threat_data", "typed_path"]

DATA = Path(__file__).parents[1] / "datasets"
"""Where the bundled data lies, in a clone and in an installed wheel alike."""

R = TypeVar("R", bound=BaseModel)
_added: dict[str, Path] = {}


def add_threat(threat: str, folder: Path) -> None:
    """Say where the data of a threat of your own lie; bundled ones lie below `DATA` under their names.

    Args:
        threat: The threat's name, as its samples' metadata have it.
        folder: Its folder, with `declared.yaml`, `tracks.yaml` and `frames/`.
    """
    _added[threat] = folder


def threat_data(threat: str) -> Path:
    """The folder of a threat's data.

    Args:
        threat: The threat's name.
    """
    return _added.get(threat, DATA / threat)


def typed_path(given: str) -> Path:
    """A path as the user typed it.

    Inspect loads a task file from within the file's own folder, where a relative path would lead astray; it is seen
    from the folder in which the command was given.

    Args:
        given: An absolute path, or one relative to either folder.
    """
    path, from_shell = Path(given).expanduser(), Path(os.environ.get("PWD", ".")) / given
    return from_shell if not path.exists() and from_shell.exists() else path


class Record(BaseModel):
    """Base of everything that is read from a data file: immutable, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class _StrictLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe YAML loader, the compiled one where PyYAML has it, that refuses a repeated key."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: set[Hashable] = set()
    own = [key_node for key_node, _ in node.value if key_node.tag != "tag:yaml.org,2002:merge"]
    for key_node in own:
        key = loader.construct_object(key_node)
        if not isinstance(key, Hashable):
            raise yaml.constructor.ConstructorError(None, None, "a key is not a plain value", key_node.start_mark)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} appears twice", key_node.start_mark)
        seen.add(key)
    loader.flatten_mapping(node)
    return {loader.construct_object(k): loader.construct_object(v, deep=True) for k, v in node.value}


_StrictLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read(path: Path) -> Any:
    """Parse a YAML file.

    Raises:
        ConfigurationError: If the file cannot be read, is not YAML, or repeats a key.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{shown(path)}: {error}") from error


def load(path: Path, model: type[R]) -> R:
    """Read a YAML file into a pydantic model.

    Raises:
        ConfigurationError: One line for each fault, with the file, the item and the key.
    """
    found = _loaded.get((path, model))
    if isinstance(found, model):
        return found
    raw = read(path)
    try:
        _loaded[path, model] = parsed = model.model_validate(raw)
        return parsed
    except ValidationError as error:
        faults = [f"{shown(path)}: {_place(raw, e['loc'])}: {e['msg']}" for e in error.errors()]
        raise ConfigurationError("\n".join(faults)) from error


_loaded: dict[tuple[Path, type[BaseModel]], BaseModel] = {}


def _place(raw: Any, location: tuple[int | str, ...]) -> str:
    """Name a fault's place by item id where the data has one, by key otherwise."""
    names, here = [], raw
    for step in location:
        inside = isinstance(here, dict | list) and (not isinstance(here, dict) or step in here)
        here = here[step] if inside and not (isinstance(here, list) and isinstance(step, str)) else None
        label = here.get("id") if isinstance(step, int) and isinstance(here, dict) else None
        names.append(f"item {label!r}" if label else f"key {step!r}" if isinstance(step, str) else f"entry {step}")
    return ", ".join(names) or "file"


@cache
def sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def canary() -> str:
    """The line that marks every bundled data file, so that training sets can leave them out."""
    return (DATA / "CANARY").read_text(encoding="utf-8").strip()


def shown(path: Path) -> str:
    """How a path is named in messages and logs: below `datasets/` for bundled files, as given otherwise."""
    return path.relative_to(DATA.parent).as_posix() if path.is_relative_to(DATA.parent) else str(path)
