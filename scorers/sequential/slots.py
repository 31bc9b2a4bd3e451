"""How many samples of a run that may stop run at a time, and what becomes of one that was let in and never started."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import anyio

__all__ = ["PATIENCE", "Slots"]

PATIENCE = 60.0
"""Seconds after which a sample that was let in and did not start is taken to have broken off."""

_Key = TypeVar("_Key", bound=Hashable)


class Slots(Generic[_Key]):
    """The slots of a run.

    Inspect tells nobody of a sample that breaks before it starts, as where its sandbox does not come up, and tries it
    again behind all others. If it kept its slot so long, these would wait for it and it for them.

    Args:
        count: How many there are; any number where 0.
        lost: Called with a sample that did not start in time.
    """

    def __init__(self, count: int, lost: Callable[[_Key], None]) -> None:
        self._free = anyio.Semaphore(count) if count else None
        self._lost = lost
        self._held: set[_Key] = set()
        self._let_in: dict[_Key, float] = {}

    async def take(self, key: _Key, then: Callable[[], None]) -> None:
        """Wait for a slot, in the order in which samples come.

        Args:
            key: The sample that is to begin; one that has a slot keeps it.
            then: Called as soon as it has one, before any other sample can get the next.
        """
        self._give_up()
        if self._free is None or key in self._held:
            self._let(key, then)
            return
        try:
            async with anyio.create_task_group() as waiting:
                waiting.start_soon(self._give_up_in_time)
                await self._free.acquire()
                self._held.add(key)
                self._let(key, then)
                waiting.cancel_scope.cancel()
        except BaseException:
            if key in self._held:
                self._lose(key)
            raise

    def started(self, key: _Key) -> None:
        """Note that a sample has started.

        Args:
            key: Which.
        """
        self._let_in.pop(key, None)

    def give_back(self, key: _Key) -> None:
        """Free a sample's slot, if it has one.

        Args:
            key: Which.
        """
        self._let_in.pop(key, None)
        if key in self._held and self._free:
            self._held.discard(key)
            self._free.release()

    def _let(self, key: _Key, then: Callable[[], None]) -> None:
        self._let_in[key] = anyio.current_time()
        then()

    async def _give_up_in_time(self) -> None:
        while True:
            await anyio.sleep(PATIENCE)
            self._give_up()

    def _give_up(self) -> None:
        late = anyio.current_time() - PATIENCE
        for key in [one for one, since in self._let_in.items() if since <= late]:
            self._lose(key)

    def _lose(self, key: _Key) -> None:
        self.give_back(key)
        self._lost(key)
