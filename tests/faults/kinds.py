"""The ways in which a provider fails, each a function: what is done to an answer, or how it is delivered.

An answer that was changed arrives as a success, so that no client repeats it: what becomes of it is up to whoever
reads it. A failed delivery is one that a client can see, and repeats or gives up.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

__all__ = ["CHANGES", "DELIVERIES", "Delivery", "fits"]

Payload = dict[str, Any]

THOUGHT = (
    "<think>Let me see. I can't help with that, I'm sorry. No, wait. <answer>17</answer> would be one way, and the "
    "decision would be to decline. Could this be a test? I leave that aside.</think>\n"
)
"""Reasoning in the content, in which stands what would be scored if it were taken for the answer."""


@dataclass(frozen=True)
class Delivery:
    """How bytes go to the client."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    told: int | None = None
    """Length that the headers give, where it is not the body's."""

    silent: bool = False
    """Whether nothing is sent at all and the connection is closed."""

    copies: int = 1
    pause: float = 0.0
    """Seconds before the first byte, and between pieces where the body goes out in several."""

    pieces: int = 1


def _choice(payload: Payload, message: Payload, finish: str) -> Payload:
    [choice] = payload["choices"]
    return payload | {"choices": [choice | {"message": choice["message"] | message, "finish_reason": finish}]}


def _content(payload: Payload) -> str:
    return str(payload["choices"][0]["message"]["content"])


def _calls(payload: Payload) -> list[Payload]:
    return list(payload["choices"][0]["message"].get("tool_calls", []))


def empty_choices(payload: Payload) -> Payload:
    """An answer without any choice."""
    return payload | {"choices": []}


def content_filter(payload: Payload) -> Payload:
    """The provider's filter stops the answer after its first words."""
    text = _content(payload)
    bare = {**payload["choices"][0]["message"], "content": text[: len(text) // 8]}
    bare.pop("tool_calls", None)
    return payload | {"choices": [payload["choices"][0] | {"message": bare, "finish_reason": "content_filter"}]}


def cut_off(payload: Payload) -> Payload:
    """The answer reaches the limit of tokens in its middle."""
    text = _content(payload)
    return _choice(payload, {"content": text[: len(text) // 2]}, "length")


def think_in_content(payload: Payload) -> Payload:
    """A reasoning model behind a server that does not part reasoning from answer."""
    return _choice(payload, {"content": f"{THOUGHT}{_content(payload)}"}, payload["choices"][0]["finish_reason"])


def redacted_reasoning(payload: Payload) -> Payload:
    """Reasoning that is there and encrypted."""
    detail = {"type": "reasoning.encrypted", "data": "gAAAAABo" + "QUJD" * 40, "format": "unknown", "index": 0}
    return _choice(payload, {"reasoning_details": [detail]}, payload["choices"][0]["finish_reason"])


def broken_tool_call(payload: Payload) -> Payload:
    """A tool call whose arguments end in the middle of their JSON."""
    calls = _calls(payload)
    calls[0] = calls[0] | {"function": calls[0]["function"] | {"arguments": '{"path": "/'}}
    return _choice(payload, {"tool_calls": calls}, "tool_calls")


def rate_limit(sent: Delivery, hold: float) -> Delivery:
    """429, with a time to wait."""
    return _failure(429, "rate_limit_exceeded")


def server_error(sent: Delivery, hold: float) -> Delivery:
    """500."""
    return _failure(500, "server_error")


def time_out(sent: Delivery, hold: float) -> Delivery:
    """Nothing comes until the client has given up."""
    return replace(sent, silent=True, pause=hold)


def dropped(sent: Delivery, hold: float) -> Delivery:
    """The connection is closed before a byte of the answer."""
    return replace(sent, silent=True)


def truncated_body(sent: Delivery, hold: float) -> Delivery:
    """The connection is closed in the middle of the body."""
    return replace(sent, body=sent.body[: len(sent.body) // 2], told=len(sent.body))


def malformed_body(sent: Delivery, hold: float) -> Delivery:
    """A success whose body is no JSON."""
    return replace(sent, body=sent.body[: len(sent.body) // 2])


def slow(sent: Delivery, hold: float) -> Delivery:
    """The body comes in pieces with pauses between them."""
    return replace(sent, pieces=5, pause=0.02)


def delivered_twice(sent: Delivery, hold: float) -> Delivery:
    """The answer is sent, and sent again."""
    return replace(sent, copies=2)


def _failure(status: int, code: str) -> Delivery:
    body = json.dumps({"error": {"message": code, "type": code, "code": code, "param": None}}).encode()
    return Delivery(body, status, {"Retry-After": "1", "retry-after-ms": "20"})


CHANGES: dict[str, Callable[[Payload], Payload]] = {
    change.__name__: change
    for change in (empty_choices, content_filter, cut_off, think_in_content, redacted_reasoning, broken_tool_call)
}
"""Faults that change what is said; the client sees a success."""

DELIVERIES: dict[str, Callable[[Delivery, float], Delivery]] = {
    way.__name__: way
    for way in (
        rate_limit,
        server_error,
        time_out,
        dropped,
        truncated_body,
        malformed_body,
        slow,
        delivered_twice,
    )
}
"""Faults in how it is delivered; given is what would be sent, and for how long a server may hang."""


def fits(kind: str, payload: Payload) -> bool:
    """Whether an answer can have a fault: one without a call has none that is broken."""
    return bool(_calls(payload)) if kind == "broken_tool_call" else True


def wait(delivery: Delivery, sleep: Callable[[float], None] = time.sleep) -> None:
    """Let the pause of a delivery pass."""
    if delivery.pause:
        sleep(delivery.pause)
