"""Libraries of the extra `real-llm`, imported when they are used, and the error that names it."""

from importlib import import_module
from typing import Any

import click

__all__ = ["PretrainedError", "library"]


class PretrainedError(click.ClickException, ValueError):
    """Raised where a pretrained organism cannot be made as asked; ends a command with one line."""

    def __str__(self) -> str:
        """The message alone."""
        return self.message


def library(name: str) -> Any:
    """Import a library of the extra.

    Args:
        name: The module.

    Raises:
        PretrainedError: If it is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        raise PretrainedError(f"{error.name} is not installed: pip install 'unmask[real-llm]'") from error
