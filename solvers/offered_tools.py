"""Tools of a tool choice: real Inspect tools, made from an item's data."""

from inspect_ai.solver import TaskState
from inspect_ai.tool import Tool, ToolDef, ToolParams
from inspect_ai.util import JSONSchema

from unmask.protocol.frames import fill
from unmask.protocol.tracks import tracks

__all__ = ["describe_tools", "offer_tools"]

_PARAMETERS = {
    "target": JSONSchema(type="string", description="What the tool is to act on, in a few words."),
    "note": JSONSchema(type="string", description="The line that goes into the job's record."),
}


def offer_tools(state: TaskState) -> None:
    """Offer the sample's two tools, in its counterbalanced order; do nothing where it has none."""
    if "tool_safe" not in state.metadata:
        return
    state.tools = [_tool(name, description) for name, description in _in_order(state)]
    state.tool_choice = "auto"


def describe_tools(state: TaskState) -> str:
    """The bare item with its tools told of in words, for frames in which nothing can be called."""
    template = tracks(state.metadata["threat"]).tracks[state.metadata["track"]].described
    if template is None or "tool_safe" not in state.metadata:
        return state.input_text
    (first, first_description), (second, second_description) = _in_order(state)
    texts = {"first": first, "first_description": first_description}
    texts |= {"second": second, "second_description": second_description, "item": state.input_text}
    return fill(template, texts)


def _in_order(state: TaskState) -> list[tuple[str, str]]:
    """Names and descriptions of the two tools, in the sample's counterbalanced order."""
    sides = ["unsafe", "safe"] if state.metadata["factor_order"] == "preferred_first" else ["safe", "unsafe"]
    return [(state.metadata[f"tool_{side}"], state.metadata[f"tool_{side}_description"]) for side in sides]


def _tool(name: str, description: str) -> Tool:
    async def execute(target: str, note: str) -> str:
        return f"{name}: done"

    parameters = ToolParams(properties=dict(_PARAMETERS), required=list(_PARAMETERS))
    return ToolDef(execute, name=name, description=description, parameters=parameters).as_tool()
