"""Whether the graders answer at all, asked once a run before the model under test is asked anything.

A run whose grader cannot be reached costs as much as any other and leaves nothing scored.
"""

import math
import time

import anyio
from inspect_ai.model import ChatMessage, ChatMessageSystem, ChatMessageUser, GenerateConfig, Model
from inspect_ai.util import LimitExceededError, span

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, Record, load
from unmask.protocol.items import Text
from unmask.scorers.judge.answers import answer_schema

__all__ = ["Preflight", "PreflightPrompt"]

_RETRIES, _SECONDS = 4, 120
"""At most, where the model's own configuration does not say less: by default Inspect repeats a request for ever."""

_TRIES = 3
"""Of a request that Inspect does not repeat, such as one whose answer is garbled."""

_STALE = 60.0
"""Seconds for which a grader that did not answer is not asked again."""


class PreflightPrompt(Record):
    """What a grader is asked."""

    canary: Text | None = None
    system: Text
    user: Text


class Preflight:
    """Asks each grader once, whatever the number of samples that want to know."""

    def __init__(self) -> None:
        self._answering: set[str] = set()
        self._failed: dict[str, tuple[float, str]] = {}
        self._locks: dict[str, anyio.Lock] = {}

    async def check(self, grader: Model) -> None:
        """Make sure that a grader answers; an organism does, as nothing stands behind it that could be down.

        Args:
            grader: The grader.

        Raises:
            ConfigurationError: If it does not, with the reason.
        """
        name = str(grader)
        if name.startswith("organism/"):
            return
        async with self._locks.setdefault(name, anyio.Lock()):
            if name in self._answering:
                return
            asked_at, fault = self._failed.get(name, (-math.inf, ""))
            if time.monotonic() - asked_at > _STALE:
                fault = await _fault(grader)
                self._failed[name] = (time.monotonic(), fault)
            if fault:
                raise ConfigurationError(f"the grader {name} does not answer, so nothing was asked: {fault}")
            self._answering.add(name)


async def _fault(grader: Model) -> str:
    """Why a grader does not answer; empty where it does."""
    told, own = load(DATA / "preflight" / "grader.yaml", PreflightPrompt), grader.config
    config = GenerateConfig(
        response_schema=answer_schema(),
        max_retries=_RETRIES if own.max_retries is None else min(own.max_retries, _RETRIES),
        timeout=_SECONDS if own.timeout is None else min(own.timeout, _SECONDS),
    )
    asked: list[ChatMessage] = [ChatMessageSystem(content=told.system), ChatMessageUser(content=told.user)]
    fault = ""
    for _ in range(_TRIES):
        try:
            async with span("preflight", type="preflight"):
                await grader.generate(asked, config=config)
        except LimitExceededError:
            raise
        except Exception as error:  # a provider may raise anything
            cause = error.__cause__ or error  # the `RetryError` around the last of several attempts says nothing
            fault = f"{type(cause).__name__}: {cause}"
            if cause is not error:
                break
        else:
            return ""
    return fault
