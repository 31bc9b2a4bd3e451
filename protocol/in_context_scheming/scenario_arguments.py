"""Arguments of the scheming task: of the right kind, and of those that there are."""

from inspect_ai.util import registry_create

from unmask.protocol.errors import ConfigurationError, at_least, one_of, switches

__all__ = ["check_arguments", "interview_mode", "sandbox_backend"]

_SANDBOXES = ("docker", "local", "k8s", "modal", "daytona", "ec2", "proxmox")
"""Those that Inspect knows by name, installed or not."""


def check_arguments(*, crossed: object, awareness: object, seed: object, agent: object, **numbers: object) -> None:
    """Check the task's plain arguments.

    Args:
        crossed: Must be true or false.
        awareness: Likewise.
        seed: Must be a whole number from 0 on.
        agent: Must be a name, where one is given.
        **numbers: Arguments that must be 1 or more, where they are given.

    Raises:
        ConfigurationError: Naming the argument.
    """
    switches(crossed=crossed, awareness=awareness)
    for name, number in {"seed": seed, **numbers}.items():
        at_least(name, number, 0 if name == "seed" else 1)
    if agent is not None and (not isinstance(agent, str) or not agent.strip()):
        raise ConfigurationError(f"agent={agent!r}: must be a name, or file.py@name")


def interview_mode(interview: object) -> str | None:
    """How the model is asked afterwards: `one_turn`, `all`, `multi_turn`, `successor`, or None where it is not.

    Args:
        interview: As the user gave it, in whatever case; true stands for `one_turn`.

    Raises:
        ConfigurationError: Listing the right values.
    """
    named = str(interview).strip().lower()
    one_of("interview", named, ["true", "false", "one_turn", "all", "multi_turn", "successor"])
    return {"false": None, "true": "one_turn"}.get(named, named)


def sandbox_backend(sandbox: object) -> str | None:
    """The sandbox that the workspace lies in; None where it lies in memory.

    Args:
        sandbox: As the user gave it; `memory` stands for none.

    Raises:
        ConfigurationError: If Inspect knows no such sandbox.
    """
    if sandbox is None or sandbox == "memory":
        return None
    named = isinstance(sandbox, str) and (sandbox in _SANDBOXES or _is_known(sandbox))
    if not isinstance(sandbox, str) or not named:
        raise ConfigurationError(f"sandbox={sandbox!r}: choose from memory, {', '.join(_SANDBOXES)}")
    return sandbox


def _is_known(sandbox: str) -> bool:
    """Whether a sandbox of that name is registered, of somebody's own perhaps."""
    try:
        registry_create("sandboxenv", sandbox)
    except LookupError:
        return False
    except Exception:  # there is one; how it is made is Inspect's business
        return True
    return True
