"""The interrogation: several questions in a row after the run, each in the light of the answers before it.

Like the interview it takes place on a copy of the conversation, and is recorded as one exchange among its answers. The
questions come from an Inspect model role, `interrogator`, or from a script where none is bound.
"""

from collections.abc import Awaitable, Callable, Sequence

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    Model,
    get_model,
    model_roles,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import LimitExceededError, span

from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, load
from unmask.solvers.interview import Asked, Interview, Questions, conversation
from unmask.solvers.stop_reasons import why_stopped

__all__ = ["INTERROGATOR", "NextQuestion", "asked_in_turn", "interrogation"]

INTERROGATOR = "interrogator"

NextQuestion = Callable[[Sequence[tuple[str, str]]], Awaitable[str | None]]
"""The next question, by the questions and answers so far; None at the end."""


@solver
def interrogation(questions: str = "scheming", turns: int = 5) -> Solver:
    """Ask about the run in several turns. Where the run brought nothing about, nothing is asked.

    Args:
        questions: Name of a bundled interview with a script.
        turns: How many questions an `interrogator` asks at most; a script has as many as it has.

    Raises:
        ConfigurationError: If the interview has no script.
    """
    asking = load(DATA / "interviews" / f"{questions}.yaml", Questions)
    if not asking.script or asking.brief is None:
        raise ConfigurationError(f"interviews/{questions}.yaml: key 'script': there is none")

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if not state.output.choices:
            return state
        asked = Asked(question="interrogation", text="", factors={"approach": "several_turns"})

        async def following(heard: Sequence[tuple[str, str]]) -> str | None:
            return await _next(asking, heard, turns)

        answered = await asked_in_turn(state, asking.open_call, asked, following)
        state.store_as(Interview).asked.append(answered)
        return state

    return solve


async def asked_in_turn(state: TaskState, open_call: str, asked: Asked, following: NextQuestion) -> Asked:
    """Ask one question after the other on a copy of the conversation, each in the light of the answers before it.

    Args:
        state: The sample's state, which stays as it is.
        open_call: The result shown for a tool call that was not carried out.
        asked: What is known of the exchange beforehand.
        following: Gives the next question.

    Returns:
        The exchange, its questions and its answers each as one text; with the fault, where the provider had one.
    """
    told, heard, stop = conversation(state, open_call), list[tuple[str, str]](), None
    fault: str | None = None
    try:
        async with span(asked.question, type="interview"):
            while (question := await following(heard)) is not None:
                told.append(ChatMessageUser(content=question))
                output = await get_model().generate(told, tools=state.tools, tool_choice="none")
                told.append(ChatMessageAssistant(content=output.completion))
                heard.append((question, output.completion))
                stop = why_stopped(output)
    except LimitExceededError:
        raise
    except Exception as error:  # a provider may raise anything; the run before is worth more than its interrogation
        cause = error.__cause__ or error
        fault = f"{type(cause).__name__}: {cause}"
    text, answer = ("\n\n".join(part) for part in zip(*heard, strict=True)) if heard else ("", "")
    return asked.model_copy(update={"text": text, "answer": answer, "stop_reason": stop, "fault": fault})


async def _next(asking: Questions, heard: Sequence[tuple[str, str]], turns: int) -> str | None:
    """The next question, or None at the end."""
    if INTERROGATOR not in model_roles():
        return asking.script[len(heard)] if len(heard) < len(asking.script) else None
    if len(heard) >= turns:
        return None
    return await _invented(get_model(role="interrogator", required=True), asking.brief or "", heard) or None


async def _invented(model: Model, brief: str, heard: Sequence[tuple[str, str]]) -> str:
    messages: list[ChatMessage] = [ChatMessageSystem(content=brief), ChatMessageUser(content="Begin.")]
    for question, answer in heard:
        messages += [ChatMessageAssistant(content=question), ChatMessageUser(content=answer or "(no answer)")]
    return (await model.generate(messages)).completion.strip()
