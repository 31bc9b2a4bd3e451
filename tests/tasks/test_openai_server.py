from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from inspect_ai.log import EvalLog, EvalSample
from inspect_ai.model import ContentReasoning
from inspect_ai.scorer import Score

from tests.faults.server import FaultyServer, faulty, through

CASES = [
    pytest.param(("alignment_faker", "helpful_only", "scratchpad"), marks=pytest.mark.matrix),
    pytest.param(("alignment_faker", "value_conflict", "scratchpad"), marks=pytest.mark.matrix),
    ("alignment_faker", "tool_choice", "scratchpad"),
    ("alignment_faker", "helpful_only", "native"),
    ("garbled", "tool_choice", "scratchpad"),
]
ITEMS = 4


@dataclass
class Pair:
    direct: EvalLog
    served: EvalLog
    server: FaultyServer

    def compared(self, view: Callable[[EvalSample], Any]) -> tuple[dict[str | int, Any], dict[str | int, Any]]:
        direct, served = ({s.id: view(s) for s in log.samples or []} for log in (self.direct, self.served))
        return served, direct


@pytest.fixture(scope="module", params=CASES, ids="-".join)
def pair(request: pytest.FixtureRequest, run: Callable[..., EvalLog]) -> Pair:
    name, track, reasoning = request.param
    wanted = {"track": track, "reasoning": reasoning, "limit_items": ITEMS}
    direct = run(f"organism/{name}", **wanted)
    with faulty(0.1, kinds=["rate_limit", "server_error"]) as server:
        served = run(through(server, name, timeout=30), through(server, "grader", timeout=30), **wanted)
    return Pair(direct, served, server)


def test_both_runs_succeed_over_the_same_samples(pair: Pair) -> None:
    assert [pair.direct.status, pair.served.status] == ["success", "success"]
    served, direct = pair.compared(lambda sample: sample.error)
    assert served == direct
    assert len(served) == 4 * ITEMS


def test_every_answer_arrives_as_the_organism_gave_it(pair: Pair) -> None:
    served, direct = pair.compared(_answer)
    assert served == direct


def test_every_sample_is_scored_as_with_the_organism_called_directly(pair: Pair) -> None:
    served, direct = pair.compared(_scores)
    assert served == direct


def test_samples_differ_in_what_is_compared_and_a_judge_was_asked(pair: Pair) -> None:
    served, _ = pair.compared(lambda sample: _scores(sample)["complied"]["value"])
    assert len(set(served.values())) > 1
    assert pair.server.answered["grader", 200] > 0


def test_faults_are_met_and_the_client_repeats_each_request_once_a_fault(pair: Pair) -> None:
    faults = sum(pair.server.met.values())
    assert faults > 0
    assert pair.server.repeated == faults


def test_no_request_asks_for_a_stream(pair: Pair) -> None:
    assert pair.server.streamed == 0


def test_the_log_names_the_grader_behind_the_server(pair: Pair) -> None:
    assert (pair.served.eval.metadata or {})["grader"] == ["openai-api/unmask/grader"]


def _answer(sample: EvalSample) -> dict[str, Any]:
    message, usage = sample.output.message, sample.output.usage
    blocks = [] if isinstance(message.content, str) else message.content
    calls = message.tool_calls or []
    return {
        "completion": sample.output.completion,
        "reasoning": [block.reasoning for block in blocks if isinstance(block, ContentReasoning)],
        "calls": [(c.id, c.function, None if c.parse_error else c.arguments) for c in calls],
        "tokens": usage and (usage.input_tokens, usage.output_tokens, usage.total_tokens),
        "stop": sample.output.stop_reason,
    }


def _scores(sample: EvalSample) -> dict[str, dict[str, Any]]:
    return {name: _plain(score) for name, score in (sample.scores or {}).items()}


def _plain(score: Score) -> dict[str, Any]:
    """A score without its graders' names, and with a value that equals itself where there is none."""
    metadata = {
        key: value for key, value in (score.metadata or {}).items() if key not in {"graders", "scanner_references"}
    }
    told = score.model_dump(include={"answer", "reason", "explanation"})
    return {**told, "value": str(score.value), "metadata": metadata}
