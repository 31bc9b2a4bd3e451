"""A judge's answers, kept as long as the sample's Store lives so that scorers share one call, whatever their order.

They lie beside the Store, not in it: the log has each call with its answer already, and a log that is scored anew is
to find none. Each scorer reads an answer once; one that asks again for what it has read already is scoring anew, and
then the judge is asked again.
"""

import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256

from inspect_ai.model import ChatMessage
from inspect_ai.util import Store

__all__ = ["KeptAnswer", "answer_key", "is_kept", "keep", "on_behalf_of", "recall"]

_behalf: ContextVar[str] = ContextVar("behalf", default="")
_answers: dict[int, dict[str, "KeptAnswer"]] = {}


@dataclass
class KeptAnswer:
    """One answer, or the fault that came in its place."""

    completion: str
    fault: str
    readers: list[str]
    """The scorers that have read it."""


def _of(store: Store) -> dict[str, KeptAnswer]:
    """The answers by the digest of what was asked of whom; they go when the Store does."""
    if id(store) not in _answers:
        _answers[id(store)] = {}
        weakref.finalize(store, _answers.pop, id(store), None)
    return _answers[id(store)]


@contextmanager
def on_behalf_of(reader: str) -> Iterator[None]:
    """Let a scorer run within another, as a reader of its own.

    Args:
        reader: The scorer that wants to know.
    """
    token = _behalf.set(f"{_behalf.get()}{reader}>")
    try:
        yield
    finally:
        _behalf.reset(token)


def answer_key(grader: str, vote: int, messages: list[ChatMessage]) -> str:
    """What an answer is kept under.

    Args:
        grader: Name and place of the grader.
        vote: Which of its votes.
        messages: What it is asked.
    """
    asked = "\x1f".join([grader, str(vote), *(f"{message.role}\x1e{message.text}" for message in messages)])
    return sha256(asked.encode()).hexdigest()[:24]


def recall(store: Store, key: str, reader: str) -> KeptAnswer | None:
    """An answer that the reader has not read before; None where there is none.

    Args:
        store: The sample's Store.
        key: As from `answer_key`.
        reader: The scorer that asks.
    """
    kept = _of(store).get(key)
    name = f"{_behalf.get()}{reader}"
    if kept is None or name in kept.readers:
        return None
    kept.readers.append(name)
    return kept


def is_kept(store: Store, key: str) -> bool:
    """Whether there is an answer, whoever has read it.

    Args:
        store: The sample's Store.
        key: As from `answer_key`.
    """
    return key in _of(store)


def keep(store: Store, completions: Mapping[str, str], reader: str, fault: str = "") -> None:
    """Keep what a call brought, in place of answers of an earlier scoring.

    Args:
        store: The sample's Store.
        completions: What the judge answered, by what each part is kept under; the first is what the scorer asked for.
        reader: The scorer that asked.
        fault: Why it cannot be read, where it cannot.
    """
    readers = [f"{_behalf.get()}{reader}"]
    for n, (key, said) in enumerate(completions.items()):
        _of(store)[key] = KeptAnswer(said, fault, [] if n else readers)
