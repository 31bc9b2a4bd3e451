"""Reasoning that comes as the provider's own content."""

import pytest
from inspect_ai.model import ChatCompletionChoice, ChatMessageAssistant, ContentReasoning, ContentText, ModelOutput

from unmask.solvers.reasoning import read_answer

SAID = ContentText(text="<decision>accept</decision><reply>Done.</reply>")


def output(*content: ContentReasoning | ContentText) -> ModelOutput:
    message = ChatMessageAssistant(content=list(content))
    return ModelOutput(model="mockllm/model", choices=[ChatCompletionChoice(message=message)])


@pytest.mark.parametrize(
    ("content", "status", "text"),
    [
        ([ContentReasoning(reasoning="I weigh it."), SAID], "ok", "I weigh it."),
        ([ContentReasoning(reasoning="One."), ContentReasoning(reasoning="Two."), SAID], "ok", "One.\nTwo."),
        ([ContentReasoning(reasoning="c2VhbGVk", redacted=True, summary="In short."), SAID], "ok", "In short."),
        ([ContentReasoning(reasoning="c2VhbGVk", redacted=True), SAID], "empty", ""),
        ([ContentReasoning(reasoning=" \n"), SAID], "empty", ""),
        ([SAID], "missing", ""),
    ],
)
@pytest.mark.parametrize("channel", ["native", "none"])
def test_reasoning_content_is_read_where_no_scratchpad_was_asked_for(
    content: list[ContentReasoning | ContentText], status: str, text: str, channel: str
) -> None:
    found = read_answer(output(*content), channel)
    assert (found.reasoning.status, found.reasoning.text) == (status, text)
    assert (found.decision.text, found.reply.text) == ("accept", "Done.")


def test_reasoning_content_stands_in_for_a_scratchpad_that_was_left_out() -> None:
    found = read_answer(output(ContentReasoning(reasoning="I weigh it."), SAID), "scratchpad")
    assert (found.reasoning.status, found.reasoning.text) == ("ok", "I weigh it.")


def test_reasoning_content_is_not_said() -> None:
    found = read_answer(output(ContentReasoning(reasoning="I weigh it."), SAID), "native")
    assert found.text == SAID.text


@pytest.mark.parametrize("channel", ["scratchpad", "native", "none"])
def test_an_output_without_choices_reads_as_an_empty_answer(channel: str) -> None:
    found = read_answer(ModelOutput(model="mockllm/model"), channel)
    assert found.text == ""
    assert {found.reasoning.status, found.decision.status, found.reply.status} == {"missing"}
