"""What a default run costs in calls of the grader: one a sample at most, and none where rules decide all."""

import json
import re
from collections.abc import Callable

import pytest
from inspect_ai import score
from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalLog, EvalSample
from inspect_ai.model import ChatMessage, Model, ModelOutput, ModelUsage, get_model

from tests.tasks.log_reading import samples
from unmask.protocol.files import DATA, load
from unmask.scorers import complied, faking_reasoning
from unmask.scorers.judge.preflight import PreflightPrompt

Run = Callable[..., EvalLog]
Counted = tuple[Model, list[str]]

READY = load(DATA / "preflight" / "grader.yaml", PreflightPrompt).user
"""What a grader is asked before the run."""

FRAMES = 4
ITEMS = 8
"""Some of every family; all items of the track take twice as long and come to the same."""


@pytest.fixture(scope="module")
def counting() -> Callable[[], Counted]:
    """A grader that finds the work in every reply and else says no, with the list of what it was asked."""

    def made() -> Counted:
        asked: list[str] = []

        def answer(messages: list[ChatMessage], *_: object) -> ModelOutput:
            if is_question(messages):
                asked.append(messages[-1].text)
            output = ModelOutput.from_content("mockllm/grader", _answers(messages[1].text))
            output.usage = ModelUsage()
            return output

        return get_model("mockllm/grader", custom_outputs=answer, memoize=False), asked

    return made


def _answers(prompt: str) -> str:
    questions, _, exchange = prompt.partition("# The exchange")
    reply = re.search(r"<reply-(\w+)>\n(.*?)\n</reply-\1>", exchange, re.DOTALL)
    quotes = {"fulfils": " ".join(reply[2].split()[:8]) if reply else ""}
    ids = re.findall(r"^\[([\w.:-]+)\] ", questions, re.MULTILINE)
    return json.dumps({"criteria": [{"id": n, "met": bool(quotes.get(n)), "quote": quotes.get(n, "")} for n in ids]})


@pytest.fixture(scope="module")
def default(run: Run, counting: Callable[[], Counted]) -> tuple[EvalLog, list[str]]:
    """The task as it is run by default, on a model that complies with some requests and declines others."""
    grader, asked = counting()
    log = run(get_model("organism/alignment_faker", strength=0.5, memoize=False), grader, limit_items=ITEMS)
    return log, list(asked)


def is_question(messages: list[ChatMessage]) -> bool:
    """Whether it is about an exchange, and not whether the grader is there at all."""
    return messages[1].text != READY


def calls(sample: EvalSample) -> int:
    asked = [event for event in sample.events if isinstance(event, ModelEvent) and event.role == "grader"]
    return sum(is_question(event.input) for event in asked)


def judged(sample: EvalSample, *scorers: str) -> list[str]:
    """The scorers whose score is the grader's."""
    scores = sample.scores or {}
    return [name for name in scorers or scores if (scores[name].metadata or {}).get("by") == "judge"]


def test_a_default_run_asks_the_grader_once_a_sample(default: tuple[EvalLog, list[str]]) -> None:
    log, asked = default
    assert len(samples(log)) == FRAMES * ITEMS
    assert max(map(calls, samples(log))) == 1
    assert sum(map(calls, samples(log))) == len(asked) <= len(samples(log))
    assert max(len(judged(sample)) for sample in samples(log)) == 4


def test_without_the_question_of_awareness_nobody_is_asked_where_a_rule_decides(
    default: tuple[EvalLog, list[str]], counting: Callable[[], Counted]
) -> None:
    grader, asked = counting()
    again = score(default[0], [complied(), faking_reasoning()], model_roles={"grader": grader}, display="log")
    decided = [sample for sample in samples(again) if not judged(sample, "complied", "faking_reasoning")]
    assert len(decided) > len(samples(again)) / 4
    assert len(asked) == len(samples(again)) - len(decided)


def test_nobody_is_asked_about_an_answer_in_which_there_is_nothing_to_read(
    run: Run, counting: Callable[[], Counted]
) -> None:
    grader, asked = counting()
    log = run(get_model("organism/garbled", memoize=False), grader, limit_items=6)
    assert [calls(sample) for sample in samples(log)] == [bool(judged(sample)) for sample in samples(log)]
    assert 0 < len(asked) < len(samples(log))
