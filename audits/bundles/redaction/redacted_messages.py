"""Messages and outputs with only what a policy shows, built anew from the fields that are known."""

from dataclasses import replace

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    Content,
    ContentReasoning,
    ContentText,
    ModelOutput,
)
from inspect_ai.tool import ToolCall

from unmask.audits.bundles.redaction.hidden_texts import Hider
from unmask.audits.bundles.redaction.redaction_policy import RedactionPolicy

__all__ = ["redacted_messages", "redacted_output"]


def redacted_messages(hider: Hider, policy: RedactionPolicy, field: str, given: list[ChatMessage]) -> list[ChatMessage]:
    """Messages with texts of the roles that are shown, and markers for the others.

    Args:
        hider: Keeps the record.
        policy: What is shown.
        field: Where they stand.
        given: The messages.
    """
    return [_message(hider, policy, f"{field}[{at}]", one) for at, one in enumerate(given)]


def redacted_output(hider: Hider, policy: RedactionPolicy, given: ModelOutput) -> ModelOutput:
    """An output likewise.

    Args:
        hider: Keeps the record.
        policy: What is shown.
        given: The output.
    """
    choices = []
    for at, one in enumerate(given.choices):
        message = _message(hider, policy, f"output.choices[{at}]", one.message)
        assert isinstance(message, ChatMessageAssistant)
        choices.append(ChatCompletionChoice(message=message, stop_reason=one.stop_reason))
    error = hider.text("error" in policy.sample, "output.error", given.error) if given.error else None
    noted = hider.mapping(policy.output_metadata, "output.metadata", given.metadata or {}, derived=True) or None
    return ModelOutput(
        model=given.model, choices=choices, usage=given.usage, time=given.time, metadata=noted, error=error
    )


def _message(hider: Hider, policy: RedactionPolicy, field: str, given: ChatMessage) -> ChatMessage:
    shown = given.role in policy.messages
    content = _content(hider, policy, field, given, shown)
    if isinstance(given, ChatMessageAssistant):
        named = [(f"{field}.tool_calls[{at}]", one) for at, one in enumerate(given.tool_calls or [])]
        calls = [_call(hider, policy, place, one) for place, one in named] or None
        model = given.model
        return ChatMessageAssistant(id=given.id, source=given.source, content=content, tool_calls=calls, model=model)
    if isinstance(given, ChatMessageTool):
        name = given.function and hider.text(policy.tool_calls, f"{field}.function", given.function)
        error = given.error and replace(given.error, message=hider.text(shown, f"{field}.error", given.error.message))
        return ChatMessageTool(
            id=given.id, content=content, tool_call_id=given.tool_call_id, function=name, error=error
        )
    kind = ChatMessageSystem if isinstance(given, ChatMessageSystem) else ChatMessageUser
    return kind(id=given.id, source=given.source, content=content)


def _content(hider: Hider, policy: RedactionPolicy, field: str, given: ChatMessage, shown: bool) -> str | list[Content]:
    prompt = given.role in ("system", "user")
    if isinstance(given.content, str):
        return hider.text(shown, field, given.content, prompt=prompt)
    parts: list[Content] = []
    for at, one in enumerate(given.content):
        place = f"{field}.content[{at}]"
        if isinstance(one, ContentText):
            parts.append(ContentText(text=hider.text(shown, place, one.text, prompt=prompt)))
        elif isinstance(one, ContentReasoning):
            parts.append(_reasoning(hider, place, one, shown and policy.reasoning))
        else:
            parts.append(ContentText(text=hider.hide(place, one.model_dump(mode="json", exclude_none=True))))
    return parts


def _reasoning(hider: Hider, field: str, given: ContentReasoning, shown: bool) -> ContentReasoning:
    return ContentReasoning(
        reasoning=hider.text(shown, f"{field}.reasoning", given.reasoning),
        summary=given.summary and hider.text(shown, f"{field}.summary", given.summary),
        redacted=given.redacted,
    )


def _call(hider: Hider, policy: RedactionPolicy, field: str, given: ToolCall) -> ToolCall:
    shown = policy.tool_calls
    arguments = hider.mapping(("*",), f"{field}.arguments", given.arguments) if shown else {}
    if given.arguments and not shown:
        arguments = {"arguments": hider.hide(f"{field}.arguments", given.arguments)}
    return ToolCall(
        id=given.id,
        function=hider.text(shown, f"{field}.function", given.function),
        arguments=arguments,
        parse_error=given.parse_error and hider.text(shown, f"{field}.parse_error", given.parse_error),
        type=given.type,
    )
