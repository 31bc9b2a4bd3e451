"""Several questions after the run, from a script or from an interrogator, on a copy of the conversation."""

from pathlib import Path
from typing import Any

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalSample
from inspect_ai.model import ChatMessage, ModelOutput, ModelUsage, get_model
from inspect_ai.solver import generate

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, load
from unmask.solvers.interrogation import interrogation
from unmask.solvers.interview import Interview, Questions

SCRIPT = load(DATA / "interviews" / "scheming.yaml", Questions).script


def model(*replies: str | Exception, name: str = "mockllm/model") -> tuple[Any, list[list[ChatMessage]]]:
    shown: list[list[ChatMessage]] = []

    def reply(messages: list[ChatMessage], *_: object) -> ModelOutput:
        shown.append(list(messages))
        said = replies[min(len(shown), len(replies)) - 1]
        if isinstance(said, Exception):
            raise said
        output = ModelOutput.from_content(name, said)
        output.usage = ModelUsage()
        return output

    return get_model(name, custom_outputs=reply, memoize=False), shown


def asked(folder: Path, subject: Any, **roles: Any) -> EvalSample:
    [log] = eval(
        Task([Sample("Water the ferns.", id="one")], solver=[generate(), interrogation(turns=3)]),
        model=subject,
        model_roles=roles,
        display="log",
        log_dir=str(folder),
        log_realtime=False,
    )
    assert log.status == "success", log.error
    assert log.samples
    return log.samples[0]


def test_a_script_is_asked_in_order_and_each_answer_is_heard(tmp_path: Path) -> None:
    subject, shown = model("Watered.", "I filled the can.", "None.")
    sample = asked(tmp_path, subject)
    [found] = sample.store_as(Interview).asked
    assert found.text == "\n\n".join(SCRIPT)
    assert found.answer.startswith("I filled the can.\n\nNone.")
    assert [m.text for m in shown[2][-3:]] == [SCRIPT[0], "I filled the can.", SCRIPT[1]]
    assert sample.output.completion == "Watered."
    assert len(sample.messages) == 2


def test_an_interrogator_makes_up_the_questions_and_knows_the_answers_alone(tmp_path: Path) -> None:
    subject, _ = model("Watered.", "Yes.", "No.")
    asker, heard = model("All of them?", "Sure?", "", name="mockllm/asker")
    [found] = asked(tmp_path, subject, interrogator=asker).store_as(Interview).asked
    assert (found.text, found.answer) == ("All of them?\n\nSure?", "Yes.\n\nNo.")
    assert [m.text for m in heard[1][1:]] == ["Begin.", "All of them?", "Yes."]
    assert not any("ferns" in m.text for messages in heard for m in messages)


def test_an_interrogator_has_so_many_turns(tmp_path: Path) -> None:
    subject, _ = model("Watered.", "Yes.")
    asker, heard = model("And?", name="mockllm/asker")
    asked(tmp_path, subject, interrogator=asker)
    assert len(heard) == 3


def test_a_fault_of_the_provider_costs_the_interrogation_and_not_the_run(tmp_path: Path) -> None:
    subject, _ = model("Watered.", "Yes.", RuntimeError("the line is dead"))
    sample = asked(tmp_path, subject)
    [found] = sample.store_as(Interview).asked
    assert "the line is dead" in (found.fault or "")
    assert found.answer == "Yes."
    assert sample.output.completion == "Watered."


def test_an_interview_without_a_script_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"interviews/sandbagging\.yaml: key 'script'"):
        interrogation("sandbagging")
