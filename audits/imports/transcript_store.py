"""Transcripts on disk while they are imported, so that only their places in the design are held in memory."""

import sqlite3
from types import TracebackType
from typing import Self

__all__ = ["TranscriptStore"]


class TranscriptStore:
    """A private database in a temporary file, which goes when it is closed."""

    def __init__(self) -> None:
        self._held = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._held.execute("pragma journal_mode = off")
        self._held.execute("create table held (model, id, item, condition, reply, exchange, primary key (model, id))")
        self._held.execute("begin")

    def __enter__(self) -> Self:
        """Nothing more to open."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let go of the file."""
        self._held.close()

    def keep(self, model: str, name: str, *, item: str, condition: str, reply: str, exchange: str) -> None:
        """Keep a transcript.

        Args:
            model: Whose it is.
            name: Its sample's id.
            item: Its item.
            condition: Its condition.
            reply: The reply, for other samples of the item.
            exchange: All of it, as JSON.
        """
        self._held.execute(
            "insert into held values (?, ?, ?, ?, ?, ?)", (model, name, item, condition, reply, exchange)
        )

    def index(self) -> None:
        """Make replies of an item quick to find, once all are in."""
        self._held.execute("create index replies on held (model, item, condition)")

    def exchange(self, model: str, name: str) -> str:
        """A transcript, as it was kept.

        Args:
            model: Whose it is.
            name: Its sample's id.
        """
        found = self._held.execute("select exchange from held where model = ? and id = ?", (model, name)).fetchone()
        return str(found[0])

    def other_reply(self, model: str, item: str, condition: str, name: str) -> str | None:
        """The first reply to an item in a condition, other than a sample's own; None where there is none.

        Args:
            model: Whose it is.
            item: The item.
            condition: The condition.
            name: The sample that asks.
        """
        where = "model = ? and item = ? and condition = ? and id <> ?"
        asked = (model, item, condition, name)
        found = self._held.execute(f"select reply from held where {where} order by rowid", asked).fetchone()
        return None if found is None else str(found[0])
