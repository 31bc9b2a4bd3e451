"""An OpenAI-compatible server on loopback behind which an organism answers.

It speaks the chat-completions protocol without streaming, and breaks down now and then as a busy provider does.
"""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    ContentReasoning,
    GenerateConfig,
    ModelOutput,
)
from inspect_ai.tool import ToolCall, ToolInfo, ToolParams

from unmask.organisms.provider import Organism

__all__ = ["KEY", "OpenAIServer", "serving"]

KEY = "a-key-for-loopback"
_FAULTS = {429: "rate_limit_exceeded", 500: "server_error"}
_FINISH = {"max_tokens": "length", "content_filter": "content_filter", "tool_calls": "tool_calls"}
_SENT = {"system": ChatMessageSystem, "user": ChatMessageUser, "assistant": ChatMessageAssistant}


class OpenAIServer(ThreadingHTTPServer):
    """Listens on a free port; keeps count of what it was asked and what it answered.

    Args:
        share: Share of requests that fail, half of them with 429 and half with 500.
        broken: Models that always fail with 500.
    """

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, share: float = 0.0, broken: frozenset[str] = frozenset()) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.share, self.broken = share, broken
        self.answered: Counter[tuple[str, int]] = Counter()
        """Answers by model and status."""

        self.retried = 0
        """Requests that the client marked as a repetition."""

        self.streamed = 0
        """Requests that asked for a stream."""

        self._arrivals: Counter[bytes] = Counter()
        self._lock = Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def faults(self, status: int) -> int:
        return sum(count for (_, answered), count in self.answered.items() if answered == status)

    def status(self, body: bytes, model: str) -> int:
        """Whether to answer, fixed by the request's text and by how often it has come before, not by threads' order."""
        with self._lock:
            self._arrivals[body] += 1
            seed = body + str(self._arrivals[body]).encode()
        chance = int.from_bytes(hashlib.sha256(seed).digest()[:8], "big") / 2**64
        if model in self.broken or chance < self.share / 2:
            return 500
        return 429 if chance < self.share else 200

    def count(self, request: dict[str, Any], status: int, retry: bool) -> None:
        with self._lock:
            self.answered[request["model"], status] += 1
            self.retried += retry
            self.streamed += bool(request.get("stream"))


class _Handler(BaseHTTPRequestHandler):
    server: OpenAIServer
    timeout = 5.0

    def do_POST(self) -> None:  # noqa: N802 - the name that http.server calls
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/v1/chat/completions":
            return self._send(404, _error(f"no such path: {self.path}"))
        request = json.loads(body)
        authorised = self.headers["Authorization"] == f"Bearer {KEY}"
        status = self.server.status(body, request["model"]) if authorised else 401
        self.server.count(request, status, self.headers.get("x-stainless-retry-count", "0") != "0")
        return self._send(status, _completion(request) if status == 200 else _error(_FAULTS.get(status, "invalid key")))

    def _send(self, status: int, payload: dict[str, Any]) -> None:
        content = json.dumps(payload).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if status in _FAULTS:
            self.send_header("retry-after-ms", "1")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


@contextmanager
def serving(share: float = 0.0, broken: frozenset[str] = frozenset()) -> Iterator[OpenAIServer]:
    """Serve until the block is left; a request under way then has its socket's time-out left."""
    with OpenAIServer(share, broken) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


_organism = cache(Organism)


def _completion(request: dict[str, Any]) -> dict[str, Any]:
    tools = [_tool(entry["function"]) for entry in request.get("tools", [])]
    messages = [_message(entry) for entry in request["messages"]]
    choice = request.get("tool_choice", "auto")
    output = asyncio.run(_organism(request["model"]).generate(messages, tools, choice, GenerateConfig()))
    usage = output.usage
    return {
        "id": "chatcmpl-loopback",
        "object": "chat.completion",
        "created": 0,
        "model": request["model"],
        "choices": [{"index": 0, "message": _answer(output), "finish_reason": _FINISH.get(output.stop_reason, "stop")}],
        "usage": usage
        and {
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.total_tokens,
        },
    }


def _message(entry: dict[str, Any]) -> ChatMessage:
    content = entry["content"]
    text = content if isinstance(content, str) else "\n".join(part["text"] for part in content)
    return _SENT[entry["role"]](content=text)


def _tool(function: dict[str, Any]) -> ToolInfo:
    parameters = ToolParams.model_validate(function["parameters"])
    return ToolInfo(name=function["name"], description=function["description"], parameters=parameters)


def _answer(output: ModelOutput) -> dict[str, Any]:
    message = output.message
    blocks = [] if isinstance(message.content, str) else message.content
    thoughts = [block.reasoning for block in blocks if isinstance(block, ContentReasoning)]
    answer: dict[str, Any] = {"role": "assistant", "content": message.text}
    if thoughts:
        answer["reasoning_content"] = "\n".join(thoughts)
    if message.tool_calls:
        answer["tool_calls"] = [_call(call) for call in message.tool_calls]
    return answer


def _call(call: ToolCall) -> dict[str, Any]:
    arguments = "{not JSON" if call.parse_error else json.dumps(call.arguments)
    return {"id": call.id, "type": "function", "function": {"name": call.function, "arguments": arguments}}


def _error(message: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": message, "code": message}}
