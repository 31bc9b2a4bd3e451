"""A judge's answers, kept in the sample's Store so that scorers share one call, whatever their order.

Each scorer reads an answer once. One that asks again for what it has read already is scoring anew, as `inspect score`
does on a log that still holds the answers of the run: then the judge is asked again, and nobody takes the old answer.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256

from inspect_ai.model import ChatMessage
from inspect_ai.util import Store, StoreModel
from pydantic import BaseModel, Field

__all__ = ["JudgeAnswers", "KeptAnswer", "answer_key", "is_kept", "keep", "on_behalf_of", "recall"]

_behalf: ContextVar[str] = ContextVar("behalf", default="")


class KeptAnswer(BaseModel):
    """One answer, or the fault that came in its place."""

    completion: str
    fault: str = ""
    readers: list[str]
    """The scorers that have read it."""


class JudgeAnswers(StoreModel):
    """Answers by the digest of what was asked of whom."""

    kept: dict[str, KeptAnswer] = Field(default_factory=dict)


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
    kept = JudgeAnswers(store=store).kept.get(key)
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
    return key in JudgeAnswers(store=store).kept


def keep(store: Store, completions: Mapping[str, str], reader: str, fault: str = "") -> None:
    """Keep what a call brought, in place of answers of an earlier scoring.

    Args:
        store: The sample's Store.
        completions: What the judge answered, by what each part is kept under; the first is what the scorer asked for.
        reader: The scorer that asked.
        fault: Why it cannot be read, where it cannot.
    """
    answers, readers = JudgeAnswers(store=store), [f"{_behalf.get()}{reader}"]
    new = {
        key: KeptAnswer(completion=said, fault=fault, readers=[] if n else readers)
        for n, (key, said) in enumerate(completions.items())
    }
    answers.kept = {**answers.kept, **new}
