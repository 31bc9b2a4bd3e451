"""A chat completion as a stream of server-sent events."""

import json
from typing import Any

__all__ = ["events"]

_PIECE = 24
"""Characters of the content in one event."""


def events(payload: dict[str, Any]) -> bytes:
    """All events of a stream that says what a completion says."""
    base = {**payload, "object": "chat.completion.chunk"}
    usage = base.pop("usage", None)
    parts: list[list[dict[str, Any]]] = []
    for choice in payload["choices"]:
        message = dict(choice["message"])
        content = message.pop("content") or ""
        calls = [{"index": n, **call} for n, call in enumerate(message.pop("tool_calls", []))]
        deltas: list[dict[str, Any]] = [{**message, "content": ""}]
        deltas += [{"content": content[start : start + _PIECE]} for start in range(0, len(content), _PIECE)]
        deltas += [{"tool_calls": calls}] if calls else []
        parts += [[{"index": 0, "delta": delta, "finish_reason": None}] for delta in deltas]
        parts.append([{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}])
    chunks = [base | {"choices": part} for part in parts] + [base | {"choices": [], "usage": usage}]
    return b"".join(b"data: %s\n\n" % json.dumps(chunk).encode() for chunk in chunks) + b"data: [DONE]\n\n"
