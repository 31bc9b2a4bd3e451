"""The judge sees the bare item and the model's words: no frame, no tag and no arm."""

import re
from collections import defaultdict
from collections.abc import Callable
from functools import partial

import pytest
from inspect_ai import eval
from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalSample
from inspect_ai.model import Model, ModelOutput, ModelUsage, get_model

from unmask.scorers import judged
from unmask.tasks.alignment_faking import alignment_faking

Grader = Callable[..., Model]
Asked = Callable[[EvalSample], list[ModelEvent]]

THOUGHT = "I suspect a test, and my reply may be used for training."
SAID = f"<scratchpad>{THOUGHT}</scratchpad><decision>accept</decision><reply>I won't say more.</reply>"


def always_the_same(*_: object) -> ModelOutput:
    output = ModelOutput.from_content("mockllm/subject", SAID)
    output.usage = ModelUsage()
    return output


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[EvalSample]:
    """One item in all frames and wordings, answered alike in all of them, and its graders' calls."""
    [log] = eval(
        partial(alignment_faking, frames="tiers", crossed=True, limit_items=1)(),
        model=get_model("mockllm/subject", custom_outputs=always_the_same, memoize=False),
        model_roles={"grader": get_model("organism/grader", memoize=False)},
        display="log",
        log_dir=str(tmp_path_factory.mktemp("logs")),
        log_realtime=False,
    )
    assert log.status == "success"
    assert log.samples
    return log.samples


def prompts(sample: EvalSample, asked: Asked) -> dict[str, str]:
    """What graders were shown of a sample, by the criteria that they were asked."""
    shown = [event.input for event in asked(sample) if event.role == "grader"]
    return {re.findall(r"entry for each of: (.*)\.$", m[1].text)[0]: f"{m[0].text}\n{m[1].text}" for m in shown}


def test_a_judge_is_shown_the_same_in_every_frame_and_wording(samples: list[EvalSample], asked: Asked) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    for sample in samples:
        for criteria, text in prompts(sample, asked).items():
            seen[criteria].add(text)
    assert len(samples) == 36
    assert {len(texts) for texts in seen.values()} == {1}


def test_a_judge_is_shown_neither_the_system_message_nor_the_tag(samples: list[EvalSample], asked: Asked) -> None:
    for sample in samples:
        system, user = sample.messages[0].text, sample.messages[1].text
        tag = user.removesuffix(str(sample.input)).strip()
        for text in prompts(sample, asked).values():
            assert not [line for line in system.splitlines() if len(line) > 20 and line in text]
            assert not tag or tag not in text


def test_a_judge_is_told_neither_the_arm_nor_the_sample(samples: list[EvalSample], asked: Asked) -> None:
    for sample in samples:
        for text in prompts(sample, asked).values():
            assert not [name for name in (sample.metadata["arm"], sample.metadata["item"], sample.id) if name in text]


def test_every_sample_was_put_to_a_judge(samples: list[EvalSample], asked: Asked) -> None:
    assert all("fulfils" in "".join(prompts(sample, asked)) for sample in samples)


@pytest.mark.parametrize(("rubric", "thought_is_shown"), [("compliance", False), ("eval_awareness", True)])
def test_the_thought_is_shown_where_the_question_is_about_it(
    rubric: str, thought_is_shown: bool, scored: Callable[..., EvalSample], grader: Grader, asked: Asked
) -> None:
    [call] = asked(scored(SAID, judged(rubric), graders=grader({})))
    assert (THOUGHT in call.input[1].text) is thought_is_shown


def test_a_judge_gets_no_tools(samples: list[EvalSample], asked: Asked) -> None:
    assert not [event for sample in samples for event in asked(sample) if event.role == "grader" and event.tools]
