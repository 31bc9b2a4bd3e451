"""An agent of the user's own, by its name in Inspect's registry or as `file.py@name`."""

import os
import re
import sys
from collections.abc import Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from inspect_ai.agent import Agent, is_agent
from inspect_ai.tool import Tool, ToolDef
from inspect_ai.util import registry_create, registry_info

from unmask.protocol.errors import ConfigurationError

__all__ = ["registered_agent", "user_agent"]

_FILE = re.compile(r"(?P<file>.+\.py)(?:@(?P<name>[\w./-]+))?")


def registered_agent(name: str) -> str:
    """An agent's name in Inspect's registry, its file loaded where it is one of a file.

    Args:
        name: A name in the registry, `file.py@name`, or `file.py` where the file has one agent.

    Raises:
        ConfigurationError: If there is no such file, it cannot be loaded, or it has no such agent.
    """
    named = _FILE.fullmatch(name)
    if named is None:
        return name
    found = _agents(name, _placed(Path(named["file"]).expanduser()))
    wanted = {known for known in found if named["name"] in (None, known, found[known])}
    if len(wanted) != 1:
        raise ConfigurationError(
            f"agent={name!r}: choose one of the file's agents: {', '.join(found) or 'it has none'}"
        )
    return found[wanted.pop()]


def user_agent(name: str, tools: Sequence[Tool], end: Tool) -> Agent:
    """An agent of the user's own, which gets the tools.

    One that takes `submit` is handed the tool that ends the work by that name, as `react` takes it in
    `AgentSubmit(tool=submit)`; else it stands among the tools.

    Args:
        name: Its name in Inspect's registry.
        tools: The tools of the work.
        end: The tool that ends it.

    Raises:
        ConfigurationError: If there is none of that name, or it takes no `tools`.
    """
    done = ToolDef(end, name="submit").as_tool()
    try:
        try:
            made = registry_create("agent", name, tools=list(tools), submit=done)
        except TypeError:  # it takes no `submit`
            made = registry_create("agent", name, tools=[*tools, done])
    except (LookupError, TypeError, ValueError) as error:
        raise ConfigurationError(f"agent={name!r}: {error}") from error
    if not is_agent(made):
        raise ConfigurationError(f"agent={name!r}: is no agent")
    return made


def _placed(file: Path) -> Path:
    """The file, seen from where the command was given too: Inspect reads a task from within the task's folder."""
    return file if file.is_file() else Path(os.environ.get("PWD", ""), file)


def _agents(name: str, file: Path) -> dict[str, str]:
    """The agents that a file defines, by the names that they have there."""
    spec = spec_from_file_location(f"own_agent_{file.stem}", file)
    if not file.is_file() or spec is None or spec.loader is None:
        raise ConfigurationError(f"agent={name!r}: there is no file {file}")
    module = sys.modules[spec.name] = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # a file of the user's own may raise anything
        raise ConfigurationError(f"agent={name!r}: {type(error).__name__}: {error}") from error
    own = {key: part for key, part in vars(module).items() if getattr(part, "__module__", None) == module.__name__}
    return {key: told for key, part in own.items() if (told := _as_agent(part))}


def _as_agent(part: object) -> str | None:
    try:
        info = registry_info(part)
    except ValueError:
        return None
    return info.name if info.type == "agent" else None
