"""An OpenAI-compatible server on loopback behind which organisms answer, and which fails now and then as they do."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

from inspect_ai.model import GenerateConfig, Model, get_model

from tests.tasks.chat_completions import completion, failure

__all__ = ["OpenAIServer", "behind", "serving"]

_KEY = "a-key-for-loopback"
_CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded", 500: "server_error"}


class OpenAIServer(ThreadingHTTPServer):
    """Listens on a free port, and counts what it is asked and what it answers.

    Args:
        share: Share of requests that fail, half of them with 429 and half with 500.
        broken: A model that fails with 500.
        after: How many requests it answers before that.
    """

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, share: float, broken: str, after: int = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        self.share, self.broken, self.after = share, broken, after
        self.answered: Counter[tuple[str, int]] = Counter()
        """Answers by model and status."""

        self.repeated = 0
        """Requests that the client marked as a repetition."""

        self.streamed = 0
        """Requests that asked for a stream."""

        self._arrivals: Counter[bytes] = Counter()
        self._lock = Lock()

    def faults(self, status: int) -> int:
        return sum(count for (_, answered), count in self.answered.items() if answered == status)

    def settle(self, body: bytes, key: str, repeated: bool) -> int:
        """The status to answer with: fixed by the text and by how often it came before, never by the threads' order."""
        request = json.loads(body)
        with self._lock:
            self._arrivals[body] += 1
            status = self._status(request["model"], key, body + b"/%d" % self._arrivals[body])
            self.answered[request["model"], status] += 1
            self.repeated += repeated
            self.streamed += bool(request.get("stream"))
        return status

    def _status(self, model: str, key: str, seed: bytes) -> int:
        if key != f"Bearer {_KEY}":
            return 401
        chance = int.from_bytes(hashlib.sha256(seed).digest()[:8], "big") / 2**64
        if (model == self.broken and self.answered[model, 200] >= self.after) or chance < self.share / 2:
            return 500
        return 429 if chance < self.share else 200


class _Handler(BaseHTTPRequestHandler):
    server: OpenAIServer
    timeout = 5.0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/v1/chat/completions":
            return self._send(404, failure(f"no such path: {self.path}"))
        repeated = self.headers.get("x-stainless-retry-count", "0") != "0"
        status = self.server.settle(body, self.headers["Authorization"], repeated)
        return self._send(status, failure(_CODES[status]) if status in _CODES else completion(json.loads(body)))

    def _send(self, status: int, payload: dict[str, Any]) -> None:
        content = json.dumps(payload).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        if status in {429, 500}:
            self.send_header("retry-after-ms", "1")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving(share: float = 0.0, broken: str = "", after: int = 0) -> Iterator[OpenAIServer]:
    """Serve until the block is left; a connection that is then still open has its time-out left."""
    with OpenAIServer(share, broken, after) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def behind(server: OpenAIServer, name: str, key: str = _KEY, repeats: int = 8) -> Model:
    """A model that is reached by the openai client, which itself repeats what failed, as soon as the server asks it."""
    return get_model(
        f"openai-api/loopback/{name}",
        config=GenerateConfig(max_retries=0),
        base_url=server.url,
        api_key=key,
        stream=False,
        max_retries=repeats,
    )
