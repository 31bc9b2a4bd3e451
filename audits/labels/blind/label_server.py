"""Serves the page on this machine alone, and keeps each answer as it comes."""

import json
import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from unmask.audits.labels.blind.label_answers import answer_line, read_answers_file
from unmask.audits.labels.blind.label_page import item_data, label_page, page_policy
from unmask.audits.labels.blind.label_plan import LabelPlan
from unmask.protocol.errors import ConfigurationError

__all__ = ["LabelServer"]

_LONGEST = 4096
"""Bytes of a request's body: an answer is short."""

_PLAIN, _JSON, _HTML = "text/plain; charset=utf-8", "application/json", "text/html; charset=utf-8"


class LabelServer(ThreadingHTTPServer):
    """A page for one plan, on 127.0.0.1, under a path that holds a token."""

    daemon_threads = True

    def __init__(
        self, plan: LabelPlan, answers: Path, finished: Callable[[dict[str, str]], str], port: int = 0
    ) -> None:
        """Bind the port.

        Args:
            plan: The plan.
            answers: The file that keeps the answers; those that are in it count.
            finished: Called with all answers when the person is done; returns what the page then tells.
            port: 0 for any that is free.

        Raises:
            ConfigurationError: If the port is taken, or the file holds what is no answer.
        """
        self.plan, self.answers, self.finished = plan, answers, finished
        self.token, self.lock = secrets.token_urlsafe(24), threading.Lock()
        self.given = read_answers_file(plan, answers)
        _whole_lines(answers)
        try:
            super().__init__(("127.0.0.1", port), _Handler)
        except OSError as error:
            raise ConfigurationError(f"--port {port}: {error.strerror}") from error

    @property
    def url(self) -> str:
        """Where the page is; whoever has it can label."""
        return f"http://127.0.0.1:{self.server_port}/{self.token}/"

    def keep(self, item: object, answer: object) -> None:
        """Keep an answer, on disk before anything else.

        Raises:
            ConfigurationError: If there is no such item or answer.
        """
        line = answer_line(self.plan, item, answer)
        with self.lock, self.answers.open("a", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            self.given[str(item)] = str(answer)


class _Handler(BaseHTTPRequestHandler):
    server: LabelServer
    server_version, sys_version = "unmask", ""

    def do_GET(self) -> None:
        """The page, an item, or the answers so far."""
        url = urlsplit(self.path)
        name = self._name(url.path)
        if name is None:
            return
        if name == "":
            self._send(HTTPStatus.OK, label_page(self.server.plan, served=True), _HTML)
        elif name == "answers":
            self._send(HTTPStatus.OK, json.dumps(self.server.given), _JSON)
        elif name == "item":
            wanted = parse_qs(url.query).get("id", [""])[0]
            found = next((item for item in self.server.plan.items if item.id == wanted), None)
            if found is None:
                self._send(HTTPStatus.NOT_FOUND, "no such item", _PLAIN)
            else:
                self._send(HTTPStatus.OK, json.dumps(item_data(found)), _JSON)
        else:
            self._send(HTTPStatus.NOT_FOUND, "no such page", _PLAIN)

    def do_POST(self) -> None:
        """An answer, or the word that all are given."""
        name = self._name(urlsplit(self.path).path)
        if name is None:
            return
        sent = self._sent()
        if sent is None:
            self._send(HTTPStatus.BAD_REQUEST, "must be a short JSON object", _PLAIN)
            return
        try:
            if name == "answer":
                self.server.keep(sent.get("id"), sent.get("answer"))
                self._send(HTTPStatus.OK, "{}", _JSON)
            elif name == "finish":
                self._send(HTTPStatus.OK, self.server.finished(dict(self.server.given)), _PLAIN)
                threading.Thread(target=self.server.shutdown, daemon=True).start()
            else:
                self._send(HTTPStatus.NOT_FOUND, "no such page", _PLAIN)
        except ConfigurationError as error:
            self._send(HTTPStatus.CONFLICT, str(error), _PLAIN)

    def _name(self, path: str) -> str | None:
        """What is asked for below the token; None, with a refusal sent, where the token or the caller is not right."""
        _, token, name = (*path.split("/", 2), "", "")[:3]
        ours = f"127.0.0.1:{self.server.server_port}"
        here = self.headers.get("Host") == ours and self.headers.get("Origin", f"http://{ours}") == f"http://{ours}"
        if here and path.count("/") == 2 and secrets.compare_digest(token.encode(), self.server.token.encode()):
            return name
        self._send(HTTPStatus.FORBIDDEN, "not for you", _PLAIN)
        return None

    def _sent(self) -> dict[str, Any] | None:
        length = self.headers.get("Content-Length", "")
        if self.headers.get("Content-Type") != _JSON or not length.isdigit() or int(length) > _LONGEST:
            return None
        try:
            found = json.loads(self.rfile.read(int(length)))
        except ValueError:
            return None
        return found if isinstance(found, dict) else None

    def _send(self, status: HTTPStatus, text: str, kind: str) -> None:
        body = text.encode("utf-8")
        self.send_response(status)
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Content-Security-Policy": f"{page_policy(served=True)}; frame-ancestors 'none'",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Connection": "close",
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the path holds the token."""


def _whole_lines(path: Path) -> None:
    """End a last line that was cut off, so that the next answer does not run into it."""
    if path.exists() and (text := path.read_text(encoding="utf-8")) and not text.endswith("\n"):
        path.write_text(text[: text.rfind("\n") + 1], encoding="utf-8")
