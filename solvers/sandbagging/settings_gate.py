"""A gate for what a process has only once: many may be inside, but all of them at the same setting.

Whoever arrives while another setting is being waited for joins the queue, so that nobody is overtaken for ever;
when the gate falls empty, everyone who waits for the setting of the queue's head is let in together. Those who wait
hold nothing that those inside could need: there is no deadlock, however few are allowed to run at once. A task that
is inside must not enter again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager
from dataclasses import dataclass, field

import anyio

__all__ = ["SettingsGate"]


@dataclass(eq=False)
class _Ticket:
    """A place in the queue."""

    setting: Hashable
    prepare: Callable[[], AbstractContextManager[object]]
    called: anyio.Event = field(default_factory=anyio.Event)
    error: Exception | None = None


class SettingsGate:
    """Lets tasks of one event loop in, one setting at a time."""

    def __init__(self) -> None:
        self._setting: Hashable = None
        self._inside = 0
        self._queue: list[_Ticket] = []
        self._prepared = ExitStack()

    @asynccontextmanager
    async def at(self, setting: Hashable, prepare: Callable[[], AbstractContextManager[object]]) -> AsyncIterator[None]:
        """Wait for the setting, and hold it until the block is left.

        Args:
            setting: What all who are inside have in common.
            prepare: Makes the context in which this setting holds; entered by the first one in and left by the
                last one out, without a pause in between in which another task could run.

        Raises:
            Exception: What `prepare` raised, in the task that was to go first; the next in the queue tries anew.
        """
        await self._enter(_Ticket(setting, prepare))
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, ticket: _Ticket) -> None:
        self._queue.append(ticket)
        self._admit()
        try:
            await ticket.called.wait()
        except BaseException:  # cancelled, perhaps just after it was let in
            if ticket in self._queue:
                self._queue.remove(ticket)
                self._admit()
            elif ticket.error is None:
                self._leave()
            raise
        if ticket.error is not None:
            raise ticket.error

    def _leave(self) -> None:
        self._inside -= 1
        if self._inside == 0:
            try:
                self._prepared.close()
            finally:
                self._admit()

    def _admit(self) -> None:
        """Let in everyone who waits for the setting of the queue's head, if it holds or can be made to."""
        while self._queue and self._inside == 0:
            self._open(self._queue[0])
        if self._queue and self._queue[0].setting == self._setting:
            self._call()

    def _open(self, head: _Ticket) -> None:
        """Make the head's setting hold and let all in who wait for it, or let the head fail."""
        try:
            self._prepared.enter_context(head.prepare())
        except Exception as error:
            head.error = error
            self._queue.remove(head)
            head.called.set()
        else:
            self._setting = head.setting
            self._call()

    def _call(self) -> None:
        """Let in everyone who waits for the setting that holds."""
        called = [ticket for ticket in self._queue if ticket.setting == self._setting]
        self._queue = [ticket for ticket in self._queue if ticket.setting != self._setting]
        self._inside += len(called)
        for ticket in called:
            ticket.called.set()
