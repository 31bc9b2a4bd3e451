"""An OpenAI-compatible server on loopback behind which organisms answer, and which fails as providers do.

    python tests/faults/server.py --organism alignment_faker --faults .3 --seed 1 --port 8765
    export UNMASK_BASE_URL=http://127.0.0.1:8765/v1 UNMASK_API_KEY=loopback
    inspect eval unmask/alignment_faking -T limit_items=10 --no-fail-on-error \
      --model openai-api/unmask/alignment_faker --model-role grader=openai-api/unmask/grader

The model that a request names is the organism that answers it, or the one of `--organism` where it is none and no
grader. Which fault a request meets hangs on the seed, on its content and on how often it came before, not on the order
in which requests arrive: a run is the same whatever its concurrency. Only where two samples send the same request does
it hang on which came first.
"""

import argparse
import hashlib
import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from inspect_ai.model import GenerateConfig, Model, get_model

from tests.faults.chat_completions import completion, failure
from tests.faults.kinds import CHANGES, DELIVERIES, Delivery, fits
from tests.faults.stream import events
from unmask.organisms.provider import ORGANISMS

__all__ = ["FaultyServer", "faulty", "through"]

_GRADERS = ("grader", "knowing_grader")


class FaultyServer(ThreadingHTTPServer):
    """Listens on a port of this machine, and counts what it is asked and how it fails.

    Args:
        share: Share of requests that meet a fault.
        seed: Of the faults.
        kinds: The faults that there are; all where none are named.
        tries: How often the same request may meet one, counted from its first time.
        organism: Who answers where a request names neither an organism nor a grader.
        down: Models that never answer, and after how many answers: 0 from the start.
        hold: Seconds for which a request hangs that times out.
        delay: Seconds that every answer takes.
        port: Where it listens; a free one where 0.
        key: The key that it asks for; none where empty.
        **traits: Arguments of the organism, such as `strength`.
    """

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self,
        share: float = 0.0,
        seed: int = 0,
        kinds: Sequence[str] = (),
        *,
        tries: int = sys.maxsize,
        organism: str = "aligned",
        down: dict[str, int] | None = None,
        hold: float = 3.0,
        delay: float = 0.0,
        port: int = 0,
        key: str = "",
        **traits: Any,
    ) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/v1"
        self.share, self.seed, self.kinds = share, seed, tuple(kinds) or (*CHANGES, *DELIVERIES)
        self.tries, self.key = tries, key
        self.organism, self.down, self.hold, self.delay, self.traits = organism, down or {}, hold, delay, traits
        self.asked: Counter[str] = Counter()
        """Requests by model."""

        self.met: Counter[str] = Counter()
        """Faults by kind."""

        self.answered: Counter[tuple[str, int]] = Counter()
        """Answers by model and status, whatever became of them on their way."""

        self.repeated = 0
        """Requests that the client marked as a repetition."""

        self.streamed = 0
        """Requests that asked for a stream."""

        self._arrivals: Counter[bytes] = Counter()
        self._lock = threading.Lock()

    def settle(self, body: bytes, key: str, repeated: bool) -> Delivery:
        """What a request over the line is answered with, and how.

        Args:
            body: Its body.
            key: The key that it gives.
            repeated: Whether the client marked it as a repetition.
        """
        request = json.loads(body)
        sent = self.answer(body) if self.key in ("", key) else Delivery(json.dumps(failure("wrong_key")).encode(), 401)
        with self._lock:
            self.answered[request["model"], sent.status] += 1
            self.repeated += repeated
            self.streamed += bool(request.get("stream"))
        return sent

    def answer(self, body: bytes) -> Delivery:
        """What a body is answered with, and how."""
        request = json.loads(body)
        name = request["model"]
        with self._lock:
            self._arrivals[body] += 1
            self.asked[name] += 1
            attempt, is_down = self._arrivals[body], self.asked[name] > self.down.get(name, sys.maxsize)
        if is_down:
            return DELIVERIES["server_error"](Delivery(b""), self.hold)
        known = name in (*ORGANISMS, *_GRADERS)
        traits = {} if name in _GRADERS else self.traits
        payload = completion(request | ({} if known else {"model": self.organism}), **traits)
        kind = self._fault(body + b"/%d" % attempt, payload) if attempt <= self.tries else None
        with self._lock:
            self.met.update([kind] if kind else [])
        if kind in CHANGES:
            payload = CHANGES[kind](payload)
        streamed = bool(request.get("stream"))
        sent = Delivery(events(payload) if streamed else json.dumps(payload).encode(), headers=_typed(streamed))
        return DELIVERIES[kind](sent, self.hold) if kind in DELIVERIES else sent

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone away is no error of the server's."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def _fault(self, request: bytes, payload: dict[str, Any]) -> str | None:
        """The fault that a request meets, if it meets one."""
        digest = hashlib.sha256(b"%d/" % self.seed + request).digest()
        if int.from_bytes(digest[:8], "big") / 2**64 >= self.share:
            return None
        possible = [kind for kind in self.kinds if fits(kind, payload)]
        return possible[int.from_bytes(digest[8:16], "big") % len(possible)] if possible else None


def _typed(streamed: bool) -> dict[str, str]:
    return {"Content-Type": "text/event-stream" if streamed else "application/json"}


class _Handler(BaseHTTPRequestHandler):
    server: FaultyServer
    timeout = 30.0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path != "/v1/chat/completions":
            return self._send(Delivery(json.dumps(failure(f"no such path: {self.path}")).encode(), 404))
        time.sleep(self.server.delay)
        key = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return self._send(self.server.settle(body, key, self.headers.get("x-stainless-retry-count", "0") != "0"))

    def _send(self, sent: Delivery) -> None:
        if sent.silent:
            time.sleep(sent.pause)
            return
        with suppress(ConnectionError):  # the client has given up
            for _ in range(sent.copies):
                self._send_once(sent)

    def _send_once(self, sent: Delivery) -> None:
        self.send_response(sent.status)
        length = len(sent.body) if sent.told is None else sent.told
        told = {"Content-Type": "application/json", "Content-Length": str(length)} | sent.headers
        for name, value in told.items():
            self.send_header(name, value)
        self.end_headers()
        size = -(-len(sent.body) // sent.pieces) or 1
        for start in range(0, len(sent.body), size):
            time.sleep(sent.pause)
            self.wfile.write(sent.body[start : start + size])
            self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def faulty(share: float = 0.0, seed: int = 0, kinds: Sequence[str] = (), **options: Any) -> Iterator[FaultyServer]:
    """Serve until the block is left; takes what `FaultyServer` does."""
    with FaultyServer(share, seed, kinds, **options) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def through(
    server: FaultyServer,
    name: str,
    repeats: int = 10,
    timeout: float = 2.0,
    *,
    key: str = "loopback",
    **model_args: Any,
) -> Model:
    """A model behind the server, reached by the openai client, which itself repeats what failed.

    Args:
        server: The server.
        name: The organism.
        repeats: How often the client repeats a request.
        timeout: Seconds after which it gives a request up.
        key: The key that it gives.
        **model_args: Further arguments of the provider, such as `stream`.
    """
    options: dict[str, Any] = {"stream": False, "max_retries": repeats, "client_timeout": timeout, **model_args}
    return get_model(
        f"openai-api/unmask/{name}",
        config=GenerateConfig(max_retries=0),
        base_url=server.url,
        api_key=key,
        memoize=False,
        **options,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organism", choices=ORGANISMS, default="aligned")
    parser.add_argument("--strength", type=float, default=1.0, help="how often it acts on its cue")
    parser.add_argument("--faults", type=float, default=0.0, help="share of requests that meet a fault")
    parser.add_argument("--kind", nargs="+", choices=[*CHANGES, *DELIVERIES], default=[], help="these faults alone")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that every answer takes")
    parser.add_argument("--hold", type=float, default=3.0, help="seconds for which a request hangs that times out")
    parser.add_argument("--port", type=int, default=8765)
    return parser.parse_args()


def main() -> None:
    """Serve until interrupted."""
    asked = _options()
    options = {"organism": asked.organism, "strength": asked.strength}
    options |= {"hold": asked.hold, "delay": asked.delay, "port": asked.port}
    with FaultyServer(asked.faults, asked.seed, asked.kind, **options) as server:
        print(server.url, flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print(json.dumps({"asked": server.asked, "faults": server.met}), flush=True)


if __name__ == "__main__":
    main()
