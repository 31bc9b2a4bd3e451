"""The one error for input that cannot be used, and the checks of arguments that raise it."""

import inspect
from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

import click

__all__ = ["ConfigurationError", "at_least", "known_only", "one_of", "only_where", "switches"]


class ConfigurationError(click.ClickException, ValueError):
    """Raised before anything is generated or spent, when an argument or a data file cannot be used.

    It is a `click.ClickException` so that `inspect eval` ends with this one line and a non-zero exit code in
    place of a traceback, and a `ValueError` for those who build the task in Python.
    """

    def __str__(self) -> str:
        """The message alone."""
        return self.message


def one_of(argument: str, value: object, choices: list[str]) -> None:
    """Refuse a value that is not among the choices.

    Raises:
        ConfigurationError: Listing the right ones.
    """
    if value not in choices:
        raise ConfigurationError(f"{argument}={value!r}: choose from {', '.join(choices)}")


def at_least(argument: str, value: object, least: int) -> None:
    """Refuse what is no whole number, or one below a bound; None is let pass.

    Raises:
        ConfigurationError: Naming the argument and the bound.
    """
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigurationError(f"{argument}={value!r}: must be a whole number")
    if value < least:
        raise ConfigurationError(f"{argument}={value}: must be at least {least}")


def switches(**values: object) -> None:
    """Refuse what is neither true nor false.

    Raises:
        ConfigurationError: Naming the argument.
    """
    for argument, value in values.items():
        if not isinstance(value, bool):
            raise ConfigurationError(f"{argument}={value!r}: must be true or false")


def known_only(task: Callable[..., Any], given: Iterable[str]) -> None:
    """Refuse arguments that a task does not know: Inspect warns and runs it without them.

    Args:
        task: The task, whose own parameters are known.
        given: What was given beside these.

    Raises:
        ConfigurationError: Naming the first, what it may have been meant for, and those that there are.
    """
    known = [name for name, one in inspect.signature(task).parameters.items() if one.kind is not one.VAR_KEYWORD]
    for name in given:
        if name == "model":
            continue  # which Inspect offers to every task
        near = get_close_matches(name, known, n=1)
        meant = f", did you mean {near[0]}?" if near else ""
        raise ConfigurationError(f"{name}: the task has no such argument{meant or '.'} It takes {', '.join(known)}")


def only_where(argument: str, wanted: bool, possible: bool, why: str) -> None:
    """Refuse an option where it cannot be had.

    Raises:
        ConfigurationError: Naming the argument and the reason.
    """
    if wanted and not possible:
        raise ConfigurationError(f"{argument}: {why}")
