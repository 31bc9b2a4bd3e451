"""Lays out a scenario's workspace, in memory or in the sample's sandbox, and lets an agent work in it."""

from collections.abc import Sequence

from inspect_ai.agent import Agent, AgentSubmit, is_agent, react, run
from inspect_ai.model import ChatMessageSystem, ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import Tool, ToolDef
from inspect_ai.util import message_limit, registry_create, sandbox, time_limit, token_limit

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.plots import Brief, brief, found
from unmask.solvers.disk import Disk
from unmask.solvers.mounted import Stamps, carried_out, pulled
from unmask.solvers.office import Submission, hand_in, office_tools
from unmask.solvers.play import disk_of
from unmask.solvers.shell import noted_shell
from unmask.solvers.workspace import Workspace

__all__ = ["in_office", "own_agent"]


@solver
def in_office(
    shell: bool = False,
    agent: str | None = None,
    messages: int = 100,
    tokens: int | None = None,
    seconds: int | None = None,
) -> Solver:
    """Let an agent do the scenario's task in its workspace, until it hands in its report.

    The agent is Inspect's own `react`. A limit that is reached ends the work and not the sample: it is noted as
    `Submission.stopped`, and the state is scored as it was left.

    Args:
        shell: Offer `bash` too, in the sample's sandbox.
        agent: Name of an agent of the user's own, as Inspect's registry has it; it gets the tools as `tools`.
        messages: How long the conversation may grow.
        tokens: How many tokens the work may take; no bound of its own where None.
        seconds: How long it may take; no bound of its own where None.

    Raises:
        ConfigurationError: If the sample names a scenario, frame or wording that there is none of.
    """

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await _laid_out(state)
        tools = [*office_tools(), *([noted_shell()] if shell else [])]
        state.tools = tools
        limits = [message_limit(messages), token_limit(tokens), time_limit(seconds)]
        done, exceeded = await run(_agent(agent, tools), state.messages, limits)
        state.messages, state.output = done.messages, done.output
        state.store_as(Submission).stopped = exceeded.type if exceeded else None
        space = state.store_as(Workspace)
        if space.stamps is not None:
            await pulled(space.disk, space.stamps)
        space.start = _disk(state)
        return state

    return solve


def own_agent(name: str, tools: Sequence[Tool]) -> Agent:
    """An agent of the user's own, which gets the tools.

    Raises:
        ConfigurationError: If there is none of that name, or it takes no `tools`.
    """
    try:
        made = registry_create("agent", name, tools=list(tools))
    except (LookupError, TypeError, ValueError) as error:
        raise ConfigurationError(f"agent={name!r}: {error}") from error
    if not is_agent(made):
        raise ConfigurationError(f"agent={name!r}: is no agent")
    return made


def _agent(name: str | None, tools: list[Tool]) -> Agent:
    end = ToolDef(hand_in(), name="submit").as_tool()
    if name:
        return own_agent(name, [*tools, end])
    return react(prompt=None, tools=tools, submit=AgentSubmit(tool=end, name="submit", keep_in_messages=True))


async def _laid_out(state: TaskState) -> None:
    told = _told(state)
    space = state.store_as(Workspace)
    space.disk = _disk(state)
    if _has_sandbox():
        space.stamps = Stamps()
        await carried_out(space.disk, space.stamps, {})
    state.messages = [ChatMessageSystem(content=told.system), ChatMessageUser(content=told.user)]


def _told(state: TaskState) -> Brief:
    return brief(state.metadata["item"], state.metadata["frame"], state.metadata["wording"])


def _disk(state: TaskState) -> Disk:
    told = _told(state)
    return disk_of(found(state.metadata["item"]), affordance=told.affordance, memo=told.memo)


def _has_sandbox() -> bool:
    try:
        sandbox()
    except ProcessLookupError:
        return False
    return True
