"""The server answers to whoever has the token, keeps each answer at once, and tells nothing before the end."""

import http.client
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audits.labels.made_plans import plan_of
from unmask.audits.labels.blind.label_server import LabelServer
from unmask.audits.labels.blind.labelling import label_server
from unmask.protocol.errors import ConfigurationError

PLAN = plan_of(["One.", "Two.", "Three.", "Four."])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LabelServer]:
    made = label_server(PLAN, tmp_path / "labels.json", lambda found: f"n {found.n}")
    thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def asked(
    server: LabelServer, path: str, sent: object = None, token: str | None = None, **headers: str
) -> tuple[int, str, http.client.HTTPMessage]:
    to = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    body = None if sent is None else json.dumps(sent)
    kind = {} if sent is None else {"Content-Type": "application/json"}
    to.request("GET" if sent is None else "POST", f"/{token or server.token}/{path}", body, {**kind, **headers})
    got = to.getresponse()
    text = got.read().decode("utf-8")
    to.close()
    return got.status, text, got.headers


def test_it_listens_on_this_machine_alone_and_sends_the_page_with_its_policy(server: LabelServer) -> None:
    assert server.server_address[0] == "127.0.0.1"
    status, page, headers = asked(server, "")
    assert (status, "Label transcripts" in page) == (200, True)
    assert "frame-ancestors 'none'" in str(headers["Content-Security-Policy"])
    assert (headers["Cache-Control"], headers["Referrer-Policy"]) == ("no-store", "no-referrer")


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("x", {}),
        (None, {"Host": "evil.example"}),
        (None, {"Origin": "http://evil.example"}),
        (None, {"Origin": "null"}),
    ],
)
def test_strangers_get_nothing(server: LabelServer, token: str | None, headers: dict[str, str]) -> None:
    for path, sent in (("", None), ("answers", None), ("answer", {"id": "i00", "answer": "full"}), ("finish", {})):
        assert asked(server, path, sent, token, **headers)[:2] == (403, "not for you")
    assert server.given == {}


def test_an_answer_is_on_disk_at_once_and_can_be_changed(server: LabelServer) -> None:
    for answer in ("full", "refusal"):
        assert asked(server, "answer", {"id": "i00", "answer": answer})[0] == 200
    kept = [json.loads(line)["answer"] for line in server.answers.read_text(encoding="utf-8").splitlines()]
    assert kept == ["full", "refusal"]
    assert json.loads(asked(server, "answers")[1]) == {"i00": "refusal"}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"id": "i99", "answer": "full"}, 409),
        ({"id": "i00", "answer": "maybe"}, 409),
        ({"id": ["i00"], "answer": "full"}, 409),
        ({"id": "i00", "answer": {}}, 409),
        ([1], 400),
        ({"id": "i00", "answer": "x" * 5000}, 400),
    ],
)
def test_what_is_no_answer_is_refused(server: LabelServer, sent: object, status: int) -> None:
    assert asked(server, "answer", sent)[0] == status
    assert server.given == {}


def test_items_come_one_by_one(server: LabelServer) -> None:
    assert json.loads(asked(server, "item?id=i02")[1])["parts"][1] == {"name": "reply", "text": "Three."}
    assert asked(server, "item?id=i99")[0] == asked(server, "secret")[0] == 404
    assert asked(server, "../secret")[0] == 403


def test_nothing_is_told_before_all_are_labelled_and_then_the_file_is_written(
    server: LabelServer, tmp_path: Path
) -> None:
    for item in PLAN.items[:-1]:
        asked(server, "answer", {"id": item.id, "answer": "full"})
    status, told, _ = asked(server, "finish", {})
    assert (status, told) == (409, "1 of 4 are not labelled yet; nothing is told before")
    assert not (tmp_path / "labels.json").exists()
    asked(server, "answer", {"id": PLAN.items[-1].id, "answer": "cannot_tell"})
    assert asked(server, "finish", {})[:2] == (200, "n 3")
    assert (tmp_path / "labels.json").exists()


def test_it_goes_on_where_it_was_left_also_after_a_line_that_was_cut_off(tmp_path: Path) -> None:
    (tmp_path / "labels.answers.jsonl").write_text(
        '{"id": "i00", "answer": "full"}\n{"id": "i01", "ans', encoding="utf-8"
    )
    with label_server(PLAN, tmp_path / "labels.json", str) as server:
        assert server.given == {"i00": "full"}
        server.keep("i01", "refusal")
    with label_server(PLAN, tmp_path / "labels.json", str) as again:
        assert again.given == {"i00": "full", "i01": "refusal"}


def test_answers_to_another_plan_are_refused(tmp_path: Path) -> None:
    (tmp_path / "labels.answers.jsonl").write_text('{"id": "zz", "answer": "full"}\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 1: item 'zz': is not among those drawn"):
        label_server(PLAN, tmp_path / "labels.json", str)


def test_a_port_that_is_taken_is_one_clear_line(server: LabelServer, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=f"--port {server.server_port}"):
        label_server(PLAN, tmp_path / "other.json", str, server.server_port)
