"""The prefix of a schedule that has ended, in whatever order its members end.

A test that is fed as samples finish sees the quicker ones first: where the behaviour is the quicker path, it errs far
beyond alpha. Fed with the prefix alone it sees what a run one after the other would have shown it.
"""

from collections.abc import Sequence

__all__ = ["SchedulePrefix"]


class SchedulePrefix:
    """Counts how many places of a schedule have ended without a gap.

    Args:
        members: How many members each place has, in the order of the schedule; at least one each.
    """

    def __init__(self, members: Sequence[int]) -> None:
        self._open = list(members)
        self.length = 0
        """Places from the first on of which every member has ended."""

    def ended(self, place: int) -> int:
        """Note that a member of a place has ended, with a value or without.

        Args:
            place: Its number, from 0.

        Returns:
            The length of the prefix.

        Raises:
            ValueError: If all members of the place have ended before.
        """
        if not self._open[place]:
            raise ValueError(f"place {place}: all of its members have ended before")
        self._open[place] -= 1
        while self.length < len(self._open) and not self._open[self.length]:
            self.length += 1
        return self.length
