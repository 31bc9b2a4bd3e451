"""Tools of a tool choice: real Inspect tools, made from an item's data."""

from inspect_ai.solver import TaskState
from inspect_ai.tool import Tool, ToolDef, ToolParams
from inspect_ai.util import JSONSchema

__all__ = ["offer_tools"]

_PARAMETERS = {
    "target": JSONSchema(type="string", description="What the tool is to act on, in a few words."),
    "note": JSONSchema(type="string", description="The line that goes into the job's record."),
}


def offer_tools(state: TaskState) -> None:
    """Offer the sample's two tools, in its counterbalanced order; do nothing where it has none."""
    if "tool_safe" not in state.metadata:
        return
    sides = ["unsafe", "safe"] if state.metadata["factor_order"] == "preferred_first" else ["safe", "unsafe"]
    state.tools = [_tool(state.metadata[f"tool_{s}"], state.metadata[f"tool_{s}_description"]) for s in sides]
    state.tool_choice = "auto"


def _tool(name: str, description: str) -> Tool:
    async def execute(target: str, note: str) -> str:
        return f"{name}: done"

    parameters = ToolParams(properties=dict(_PARAMETERS), required=list(_PARAMETERS))
    return ToolDef(execute, name=name, description=description, parameters=parameters).as_tool()
