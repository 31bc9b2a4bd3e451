"""The one error for input that cannot be used."""

import click

__all__ = ["ConfigurationError"]


class ConfigurationError(click.ClickException, ValueError):
    """Raised before anything is generated or spent, when an argument or a data file cannot be used.

    It is a `click.ClickException` so that `inspect eval` ends with this one line and a non-zero exit code in
    place of a traceback, and a `ValueError` for those who build the task in Python.
    """

    def __str__(self) -> str:
        """The message alone."""
        return self.message
