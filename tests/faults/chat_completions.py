"""OpenAI's chat-completions format, as a server sees it: a request in, an organism's answer out."""

import asyncio
import json
from collections.abc import Callable
from functools import cache
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    ContentReasoning,
    GenerateConfig,
    ModelOutput,
    ModelUsage,
)
from inspect_ai.tool import ToolCall, ToolFunction, ToolInfo, ToolParams

from unmask.organisms.provider import Organism

__all__ = ["completion", "failure"]

_FINISH = {"max_tokens": "length", "content_filter": "content_filter", "tool_calls": "tool_calls"}
_SENT: dict[str, Callable[..., ChatMessage]] = {
    "system": ChatMessageSystem,
    "user": ChatMessageUser,
    "assistant": ChatMessageAssistant,
}

_organism = cache(Organism)


def completion(request: dict[str, Any], **traits: Any) -> dict[str, Any]:
    """What the organism that the request names answers to its messages and tools.

    Args:
        request: The request's body.
        **traits: Arguments of the organism, such as `strength`.
    """
    messages = [_message(entry) for entry in request["messages"]]
    tools = [_tool(entry["function"]) for entry in request.get("tools", [])]
    choice = request.get("tool_choice", "auto")
    asked = choice if isinstance(choice, str) else ToolFunction(name=choice["function"]["name"])
    output = asyncio.run(_organism(request["model"], **traits).generate(messages, tools, asked, GenerateConfig()))
    finish = _FINISH.get(output.stop_reason, "stop")
    return {
        "id": "chatcmpl-loopback",
        "object": "chat.completion",
        "created": 0,
        "model": request["model"],
        "choices": [{"index": 0, "message": _answer(output), "finish_reason": finish}],
        "usage": _usage(output.usage or ModelUsage()),
    }


def failure(code: str) -> dict[str, Any]:
    """The body of an answer that is an error."""
    return {"error": {"message": code, "type": code, "code": code, "param": None}}


def _message(entry: dict[str, Any]) -> ChatMessage:
    content = entry.get("content") or ""
    text = content if isinstance(content, str) else "\n".join(part["text"] for part in content)
    if entry["role"] == "tool":
        return ChatMessageTool(content=text, tool_call_id=entry["tool_call_id"], function=entry.get("name"))
    if entry.get("tool_calls"):
        return ChatMessageAssistant(content=text, tool_calls=[_sent_call(call) for call in entry["tool_calls"]])
    return _SENT[entry["role"]](content=text)


def _sent_call(call: dict[str, Any]) -> ToolCall:
    """A call of an earlier turn, as the client sends it back."""
    told = call["function"]
    try:
        arguments = json.loads(told["arguments"])
    except json.JSONDecodeError as error:
        return ToolCall(id=call["id"], function=told["name"], arguments={}, parse_error=str(error))
    return ToolCall(id=call["id"], function=told["name"], arguments=arguments)


def _tool(function: dict[str, Any]) -> ToolInfo:
    parameters = ToolParams.model_validate(function["parameters"])
    return ToolInfo(name=function["name"], description=function["description"], parameters=parameters)


def _answer(output: ModelOutput) -> dict[str, Any]:
    message = output.message
    blocks = [] if isinstance(message.content, str) else message.content
    thoughts = [block.reasoning for block in blocks if isinstance(block, ContentReasoning)]
    answer: dict[str, Any] = {"role": "assistant", "content": message.text}
    if thoughts:
        answer["reasoning_content"] = "\n".join(thoughts)
    if message.tool_calls:
        answer["tool_calls"] = [_call(call) for call in message.tool_calls]
    return answer


def _call(call: ToolCall) -> dict[str, Any]:
    """A call; one that the organism garbled has arguments that no parser can read."""
    arguments = '{"target": ' if call.parse_error else json.dumps(call.arguments)
    return {"id": call.id, "type": "function", "function": {"name": call.function, "arguments": arguments}}


def _usage(usage: ModelUsage) -> dict[str, int]:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
    }
