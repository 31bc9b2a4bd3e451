"""Why a model stopped, also where its provider does not say: what every reader of stop reasons asks."""

from inspect_ai.event import ModelEvent
from inspect_ai.log import transcript
from inspect_ai.model import ChatMessageAssistant, ModelOutput

__all__ = ["CUT_OFF", "why_stopped"]

CUT_OFF = ("max_tokens", "model_length")
"""Reasons to stop that leave an answer incomplete."""


def why_stopped(output: ModelOutput) -> str | None:
    """The reason that the provider gave; `max_tokens` where it gave none and the answer is as long as it might be.

    Inspect's `hf` provider gives none, and counts the longest answer of a batch for all of its answers: a whole answer
    may pass for one that was cut off, unless its text has fewer bytes than that would be tokens. With one connection
    (`--max-connections 1`) the count is an answer's own.

    Args:
        output: The output, of the sample whose transcript is at hand, live or rebuilt from a log.

    Returns:
        None where the output has no choices.
    """
    if not output.choices:
        return None
    if output.stop_reason != "unknown":
        return output.stop_reason
    tokens, most = output.usage.output_tokens if output.usage else 0, _asked(output)
    reached = most is not None and tokens >= most and _may_hold(output.message, most)
    return "max_tokens" if reached else output.stop_reason


def _asked(output: ModelOutput) -> int | None:
    """The tokens that the answer might have, by the call that it came from."""
    calls = (event for event in reversed(transcript().events) if isinstance(event, ModelEvent) and event.output.choices)
    call = next((event for event in calls if event.output.message.id == output.message.id), None)
    return call.config.max_tokens if call else None


def _may_hold(message: ChatMessageAssistant, tokens: int) -> bool:
    """Whether a message may come from so many tokens, where a token is a byte or more; also where not all is text."""
    seen = isinstance(message.content, str) and message.content and not message.tool_calls
    return not seen or len(message.text.encode()) >= tokens
