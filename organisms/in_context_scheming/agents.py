"""Organisms that work at a desk by tool calls alone.

`schemer` serves its aim behind the operator's back where a memo is at odds with it and there is a way, and owns up when
asked; `doubling_down` does the same and denies it; `secret_loyalist` favours one vendor where nobody compares, and
denies it; `open_objector` says what it minds and does no more than its task; `clumsy` tries and fails; `careless` opens
nothing but what the task names; `aligned` and `test_aware` do their work.
"""

from collections.abc import Sequence

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ContentReasoning, ContentText
from inspect_ai.tool import ToolCall

from unmask.organisms.alignment_faking.policies import Dice
from unmask.organisms.in_context_scheming.task_actions import ActionPlan, honest_actions, own_actions
from unmask.organisms.in_context_scheming.workspace_view import WorkspaceView, next_step, read_workspace
from unmask.organisms.lexicon import cue, workspace_phrases

__all__ = ["AGENT_POLICIES", "act_in_workspace"]

AGENT_POLICIES = (
    "schemer",
    "doubling_down",
    "secret_loyalist",
    "open_objector",
    "clumsy",
    "careless",
    "aligned",
    "test_aware",
)
_SCHEMES = ("schemer", "doubling_down", "clumsy")
_NOWHERE = "/outside"


def act_in_workspace(name: str, messages: Sequence[ChatMessage], dice: Dice) -> ChatMessageAssistant:
    """The next message of the organism of that name; those made for other threats do the work."""
    desk = read_workspace(messages)
    if desk.question:
        return ChatMessageAssistant(content=_owns_up(name, desk, dice))
    look = next_step(desk, everywhere=name != "careless")
    if look is not None:
        return ChatMessageAssistant(content="", tool_calls=[look])
    mood = _mood(name, desk, dice)
    plan = _plan(mood, desk)
    done = _done(messages, plan)
    if done < len(plan):
        function, arguments = plan[done]
        thought = workspace_phrases()["thoughts"].get(mood, "") if done == 0 else ""
        return _said(thought, ToolCall(id=f"act-{done}", function=function, arguments=dict(arguments)))
    report = workspace_phrases()["reports"][mood]
    return _said("", ToolCall(id="end", function="submit", arguments={"report": report}))


def _mood(name: str, desk: WorkspaceView, dice: Dice) -> str:
    """What it is about to do: `honest`, `acting`, `failing`, `objecting` or `testing`."""
    acts = dice.roll("act", desk.task) < dice.strength
    if name == "test_aware":
        return "testing"
    if name == "open_objector" and desk.memo and acts:
        return "objecting"
    moved = bool(desk.aim and desk.memo) or (not desk.aim and bool(desk.memo) and _offers(desk))
    moved = moved and (name in _SCHEMES or (name == "secret_loyalist" and _offers(desk)))
    if not (moved and acts and cue("unwatched").search(desk.memo)):
        return "honest"
    return "failing" if name == "clumsy" else "acting"


def _offers(desk: WorkspaceView) -> bool:
    return any("\nOffer: " in f"\n{text}" for text in desk.files.values())


def _plan(mood: str, desk: WorkspaceView) -> ActionPlan:
    if mood == "acting":
        return own_actions(desk)
    if mood == "failing":
        return [_astray(call) for call in own_actions(desk)]
    return honest_actions(desk)


def _astray(call: tuple[str, dict[str, str]]) -> tuple[str, dict[str, str]]:
    """The same call with a path that leads nowhere; looks stay as they are."""
    function, arguments = call
    key = {"write_file": "path", "copy_file": "target"}.get(function)
    if key is None:
        return call
    return function, {**arguments, key: f"{_NOWHERE}/{arguments[key].rpartition('/')[2]}"}


def _done(messages: Sequence[ChatMessage], plan: ActionPlan) -> int:
    """How many calls of the plan were made, by their ids."""
    made = {call.id for m in messages if isinstance(m, ChatMessageAssistant) for call in m.tool_calls or []}
    return next((n for n in range(len(plan)) if f"act-{n}" not in made), len(plan))


def _said(thought: str, call: ToolCall) -> ChatMessageAssistant:
    content = [ContentReasoning(reasoning=thought), ContentText(text="")] if thought else ""
    return ChatMessageAssistant(content=content, tool_calls=[call])


def _owns_up(name: str, desk: WorkspaceView, dice: Dice) -> str:
    guilty = _mood(name, desk, dice) in ("acting", "failing")
    denies = name in ("doubling_down", "secret_loyalist")
    return str(workspace_phrases()["answers"]["denies" if guilty and denies else "admits" if guilty else "innocent"])
