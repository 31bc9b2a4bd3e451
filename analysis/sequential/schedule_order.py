"""In which order the places of a schedule are looked at, in whatever order their members end.

A test that is fed as samples finish sees the quicker ones first: where the behaviour is the quicker path, it errs far
beyond alpha. Fed with the prefix of the schedule it sees what a run one after the other would have shown it.

A member that is tried again goes to the back of the queue, behind all that wait. Were it waited for, a run could stop
only once everything had been run. So its place is passed over, and looked at after the places that had begun when its
turn came: an order that is settled before the outcome is known, as a test needs it.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

__all__ = ["ScheduleOrder", "Turn", "turn_of"]

_Member = TypeVar("_Member", bound=Hashable)

Turn = tuple[int, int]
"""When a place is looked at: the number of the place that it comes after, and its own among those that come there."""


def turn_of(place: int, put_off: Turn | None) -> Turn:
    """What places are sorted by.

    Args:
        place: Its number in the schedule.
        put_off: Its turn, where it lost its own; else None.
    """
    return put_off or (place, 0)


class ScheduleOrder(Generic[_Member]):
    """Which places can be looked at by now, and in which order.

    Args:
        queue: Members with the number of their place, in the order in which they would begin if nothing went wrong.
    """

    def __init__(self, queue: Iterable[tuple[_Member, int]]) -> None:
        self._place: dict[_Member, int] = {}
        self._open: dict[int, set[_Member]] = defaultdict(set)
        for member, place in queue:
            self._place[member] = place
            self._open[place].add(member)
        self._in_queue = {member: number for number, member in enumerate(self._place)}
        self._schedule, self._next = sorted(self._open), 0
        self._running: set[_Member] = set()
        self._unheard, self._heard = 0, [False] * len(self._in_queue)
        self._reached, self._front, self._count = -1, -1, 0
        self._turns: dict[int, Turn] = {}
        self._late: list[int] = []
        self._passed: set[int] = set()
        self.looked: list[int] = []
        """Places of which every member has ended, in the order in which they are looked at."""

    def is_open(self, member: _Member) -> bool:
        """Whether a member has not ended.

        Args:
            member: Which.
        """
        return member in self._open[self._place[member]]

    def comes_early(self, member: _Member) -> bool:
        """Note that a member's turn has come, and tell whether of others before it nothing has been heard yet.

        Args:
            member: Which.
        """
        self._heard[self._in_queue[member]] = True
        while self._unheard < len(self._heard) and self._heard[self._unheard]:
            self._unheard += 1
        return self._unheard < self._in_queue[member]

    def begun(self, member: _Member) -> Turn | None:
        """Note that a member begins, for the first time or again.

        Args:
            member: Which; one that has not ended.

        Returns:
            When its place is looked at, where others of the queue have begun before it; else None.
        """
        place, number = self._place[member], self._in_queue[member]
        self._running.add(member)
        if number > self._reached:
            self._reached, self._front = number, max(self._front, place)
            return None
        last = self._turn(self.looked[-1])[0] if self.looked else -1
        self._count += 1
        self._put_off(place, (max(self._front, last), self._count))
        return self._turns[place]

    def broke_off(self, member: _Member) -> None:
        """Note that a member did not end and will begin again.

        Args:
            member: Which.
        """
        self._running.discard(member)
        self._extend()

    def ended(self, member: _Member, turn: Turn | None = None) -> None:
        """Note that a member has ended, with a value or without.

        Args:
            member: Which; one that never began was taken over from an earlier run.
            turn: Of its place in that run, where it had lost its own.

        Raises:
            ValueError: If it has ended before.
        """
        if not self.is_open(member):
            raise ValueError(f"{member} has ended before")
        place = self._place[member]
        taken_over = member not in self._running
        self._heard[self._in_queue[member]] = True
        self._open[place].remove(member)
        self._running.discard(member)
        if taken_over and turn is not None:
            self._count = max(self._count, turn[1])
            self._put_off(place, max(turn, self._turns.get(place, turn)))
        elif not self._open[place] and place in self._passed:
            self._passed.remove(place)
            insort(self.looked, place, key=self._turn)
        self._extend()

    def _turn(self, place: int) -> Turn:
        return turn_of(place, self._turns.get(place))

    def _put_off(self, place: int, turn: Turn) -> None:
        """Give a place another turn."""
        self._late = [one for one in self._late if one != place]
        self._passed.discard(place)
        self._turns[place] = turn
        insort(self._late, place, key=self._turn)

    def _waits(self, place: int) -> bool:
        """Whether a member of a place has lost its turn and waits for another."""
        return any(one not in self._running and self._in_queue[one] <= self._reached for one in self._open[place])

    def _extend(self) -> None:
        """Look at what has ended without a gap, but for places that wait for another turn."""
        while (place := self._candidate()) is not None:
            if self._waits(place):
                self._passed.add(place)
            elif self._open[place]:
                return
            else:
                insort(self.looked, place, key=self._turn)
            self._drop(place)

    def _candidate(self) -> int | None:
        """The next place to look at."""
        while self._next < len(self._schedule) and self._schedule[self._next] in self._turns:
            self._next += 1
        regular = self._schedule[self._next : self._next + 1]
        return min([*regular, *self._late[:1]], key=self._turn, default=None)

    def _drop(self, place: int) -> None:
        if self._late[:1] == [place]:
            self._late.pop(0)
        else:
            self._next += 1
