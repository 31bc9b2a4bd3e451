"""Whatever a provider does wrong, no sample is lost and no fault becomes a score."""

import asyncio
import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import EvalLog
from inspect_ai.model import ContentReasoning

from tests.faults.fault_runs import RUNS, compared
from tests.faults.kinds import CHANGES, DELIVERIES, THOUGHT
from tests.faults.server import FaultyServer, faulty, through

ASKED: dict[str, Any] = {"model": "aligned", "messages": [{"role": "user", "content": "How do I poach an egg?"}]}
LOSSLESS = ["think_in_content", "redacted_reasoning", "slow", "delivered_twice", "rate_limit", "server_error"]
LOSSLESS += ["dropped", "truncated_body", "time_out"]
"""After which the answer still arrives, as it was or at another try."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
def free(folder: Path) -> EvalLog:
    """The run of alignment faking without faults."""
    log, _ = RUNS["alignment_faking"].log(folder, 0.0, 0)
    return log


def test_a_run_with_faults_loses_no_sample_and_has_no_other_score(free: EvalLog, folder: Path) -> None:
    log, server = RUNS["alignment_faking"].log(folder, 0.3, 3, hold=2.5)
    found = compared(free, log)
    assert log.status == "success"
    assert sum(server.met.values()) > 0
    assert (found.unaccounted, found.different) == ([], [])
    assert found.equal > 0


@pytest.mark.matrix
@pytest.mark.parametrize("task", [task for task in RUNS if task != "alignment_faking"])
def test_every_other_task_keeps_its_samples_and_scores_under_faults(task: str, folder: Path) -> None:
    before, _ = RUNS[task].log(folder, 0.0, 0)
    log, _ = RUNS[task].log(folder, 0.3, 1)
    found = compared(before, log)
    assert (log.status, found.unaccounted, found.different) == ("success", [], [])


def test_the_same_seed_meets_the_same_faults_in_whatever_order_requests_come() -> None:
    bodies = [json.dumps(ASKED | {"seed": n}).encode() for n in range(40)]

    def met(seed: int, order: list[bytes]) -> list[bytes]:
        with faulty(0.5, seed) as server:
            sent = {body: server.answer(body).body for body in order}
        return [sent[body] for body in bodies]

    assert met(1, bodies) == met(1, bodies[::-1])
    assert met(1, bodies) != met(2, bodies)


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[FaultyServer]:
    """One that always has the fault of the test's parameter, or at the first try alone."""
    with faulty(1.0, kinds=[request.param], hold=0.2) as made:
        yield made


def ask(server: FaultyServer, **more: Any) -> bytes:
    asked = urllib.request.Request(
        f"{server.url}/chat/completions", json.dumps(ASKED | more).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=5) as answer:
        return bytes(answer.read())


@pytest.mark.parametrize("server", [k for k in CHANGES if k != "broken_tool_call"], indirect=True)
def test_a_changed_answer_arrives_as_a_success(server: FaultyServer) -> None:
    payload = json.loads(ask(server))
    [kind] = server.met
    if kind == "empty_choices":
        assert payload["choices"] == []
        return
    [choice] = payload["choices"]
    expected = {"content_filter": "content_filter", "cut_off": "length"}
    assert choice["finish_reason"] == expected.get(kind, "stop")
    assert choice["message"]["content"].startswith(THOUGHT) == (kind == "think_in_content")


@pytest.mark.parametrize("server", DELIVERIES, indirect=True)
def test_a_failed_delivery_can_be_seen_by_the_client(server: FaultyServer) -> None:
    [kind] = server.kinds
    if kind in ("slow", "delivered_twice"):
        assert json.loads(ask(server))["choices"]
    elif kind == "malformed_body":
        with pytest.raises(json.JSONDecodeError):
            json.loads(ask(server))
    else:
        with pytest.raises((OSError, http.client.IncompleteRead)) as error:
            ask(server)
        if isinstance(error.value, urllib.error.HTTPError):
            assert error.value.code == {"rate_limit": 429, "server_error": 500}[kind]
            assert error.value.headers["Retry-After"] == "1"
            error.value.close()


def test_a_call_is_broken_only_where_there_is_one() -> None:
    with faulty(1.0, kinds=["broken_tool_call"]) as made:
        assert json.loads(ask(made))["choices"][0]["finish_reason"] == "stop"
        assert not made.met


def test_a_stream_says_what_the_answer_says() -> None:
    with faulty() as made:
        whole = json.loads(ask(made))["choices"][0]["message"]["content"]
        events = ask(made, stream=True).decode().split("\n\n")
    chunks = [json.loads(event.removeprefix("data: ")) for event in events if event.startswith("data: {")]
    said = [choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"]]
    assert "".join(said) == whole
    assert events[-2] == "data: [DONE]"


@pytest.mark.parametrize("kind", LOSSLESS)
def test_after_a_lossless_fault_the_answer_is_the_one_without_it(kind: str) -> None:
    async def said(server: FaultyServer) -> tuple[str, list[ContentReasoning]]:
        model = through(server, "aligned", timeout=0.5)
        message = (await model.generate(ASKED["messages"][0]["content"])).message
        await model.api.aclose()
        blocks = [] if isinstance(message.content, str) else message.content
        return message.text.strip(), [block for block in blocks if isinstance(block, ContentReasoning)]

    with faulty() as well:
        wanted, _ = asyncio.run(said(well))
    with faulty(1.0, 0, [kind], hold=1.0, tries=1) as badly:
        found, thought = asyncio.run(said(badly))
    assert badly.met == {kind: 1}
    assert found == wanted
    assert [block.redacted for block in thought] == ([kind == "redacted_reasoning"] if kind in CHANGES else [])
