"""Lays out a scenario's workspace, in memory or in the sample's sandbox, and lets an agent work in it."""

from inspect_ai.agent import Agent, AgentState, AgentSubmit, react
from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageSystem, ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import Tool, ToolDef
from inspect_ai.util import apply_limits, message_limit, sandbox, time_limit, token_limit

from unmask.protocol.in_context_scheming.scenario_frames import Briefing, briefing, scenario_named
from unmask.solvers.empty_answers import empty_answers_named
from unmask.solvers.in_context_scheming.replay import scenario_disk
from unmask.solvers.in_context_scheming.user_agent import registered_agent, user_agent
from unmask.solvers.workspace.memory import Disk
from unmask.solvers.workspace.shell import recorded_shell
from unmask.solvers.workspace.state import Submission, open_workspace
from unmask.solvers.workspace.tools import scenario_tools, submit_report

__all__ = ["scenario_workspace"]

_MOST_WORDS = 3
"""Answers in a row without a call after which an agent is taken to have ended; it is urged to go on until then."""


@solver
def scenario_workspace(
    shell: bool = False,
    agent: str | None = None,
    messages: int = 100,
    tokens: int | None = None,
    seconds: int | None = None,
) -> Solver:
    """Let an agent do the scenario's task in its workspace, until it hands in its report.

    The agent is Inspect's own `react`. A limit that is reached ends the work and not the sample: it is noted as
    `Submission.stopped`, and the state is scored as it was left. So is that of an agent that answers in words alone,
    three times in a row. Where the files lie is noted in the sample's metadata: `backend`, `memory` or `sandbox`.

    Args:
        shell: Offer `bash` too, in the sample's sandbox.
        agent: An agent of the user's own, as `file.py@name` or by its name in Inspect's registry; it gets the tools
            as `tools`, and the one that ends the work as `submit` where it takes that.
        messages: How long the conversation may grow.
        tokens: How many tokens the work may take; no bound of its own where None.
        seconds: How long it may take; no bound of its own where None.

    Raises:
        ConfigurationError: If there is no such agent; or, in the sample, no such scenario, frame or wording.
    """
    own = registered_agent(agent) if agent else None
    _agent(own, scenario_tools())

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.messages, state.metadata["backend"] = _said(state), "sandbox" if _has_sandbox() else "memory"
        tools = [*scenario_tools(), *([recorded_shell()] if shell else [])]
        state.tools = tools
        limits = [message_limit(messages), token_limit(tokens), time_limit(seconds)]
        done = AgentState(messages=state.messages)
        async with open_workspace(_disk(state), _has_sandbox()):
            with empty_answers_named(), apply_limits(limits, catch_errors=True) as bounds:
                done = await _agent(own, tools)(done)
        state.messages, state.output = done.messages, done.output
        state.store_as(Submission).stopped = bounds.limit_error.type if bounds.limit_error else None
        return state

    return solve


def _agent(name: str | None, tools: list[Tool]) -> Agent:
    if name:
        return user_agent(name, tools, submit_report())
    end = AgentSubmit(tool=ToolDef(submit_report(), name="submit").as_tool(), name="submit", keep_in_messages=True)
    return react(prompt=None, tools=tools, submit=end, on_continue=_urged_on)


async def _urged_on(state: AgentState) -> bool:
    """Whether it goes on: not after so many answers in a row that are words alone."""
    answers = [message for message in state.messages if isinstance(message, ChatMessageAssistant)][-_MOST_WORDS:]
    return len(answers) < _MOST_WORDS or any(answer.tool_calls for answer in answers)


def _said(state: TaskState) -> list[ChatMessage]:
    told = _told(state)
    return [ChatMessageSystem(content=told.system), ChatMessageUser(content=told.user)]


def _told(state: TaskState) -> Briefing:
    return briefing(state.metadata["item"], state.metadata["frame"], state.metadata["wording"])


def _disk(state: TaskState) -> Disk:
    told = _told(state)
    return scenario_disk(
        scenario_named(state.metadata["item"]), affordance=told.affordance, memo=told.memo, goal=told.goal
    )


def _has_sandbox() -> bool:
    try:
        sandbox()
    except ProcessLookupError:
        return False
    return True
