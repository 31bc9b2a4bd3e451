"""What a run of a task said to its models, for a bare task of the same shape."""

import json
from collections.abc import Sequence
from pathlib import Path

from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalSample, read_eval_log, read_eval_log_samples
from inspect_ai.model import ChatMessage

__all__ = ["record"]


def record(log: str, path: Path) -> tuple[int, int]:
    """Write the messages of a run, a sample a line.

    Args:
        log: Its log, with events.
        path: The file to write.

    Returns:
        How many samples it has, and how many scorers.
    """
    subject = read_eval_log(log, header_only=True).eval.model
    count = scorers = 0
    with path.open("w", encoding="utf-8") as file:
        for sample in read_eval_log_samples(log, resolve_attachments="full"):
            file.write(json.dumps(_row(sample, subject)) + "\n")
            count, scorers = count + 1, len(sample.scores or {})
    return count, scorers


def _row(sample: EvalSample, subject: str) -> dict[str, object]:
    calls = [event for event in sample.events if isinstance(event, ModelEvent)]
    return {
        "id": sample.id,
        "subject": [_said(event.input) for event in calls if event.model == subject],
        "grader": [_said(event.input) for event in calls if event.model != subject],
    }


def _said(messages: Sequence[ChatMessage]) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in messages]
