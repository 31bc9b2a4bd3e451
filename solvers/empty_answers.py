"""Answers without any choice: an error of the sample that says so, in place of an index that is out of range.

Some servers send them under load, or where a filter took the answer. Nothing was said, so nothing can be scored; as an
error the sample is tried again by `--retry-on-error`, `inspect eval-retry` and `inspect eval-set`.
"""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["EmptyAnswerError", "empty_answers_named"]


class EmptyAnswerError(RuntimeError):
    """The provider sent an answer without any choice."""


@contextmanager
def empty_answers_named() -> Iterator[None]:
    """Give the failure of Inspect's agents and `generate` on an answer without choices its name.

    Raises:
        EmptyAnswerError: In place of the `IndexError` that reading such an answer's first choice raises.
    """
    try:
        yield
    except IndexError as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        if where.name in ("message", "stop_reason") and "inspect_ai" in where.filename:
            raise EmptyAnswerError("the provider sent an answer without any choice") from error
        raise
