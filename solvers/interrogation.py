"""The interrogation: several questions in a row after the run, each in the light of the answers before it.

Like the interview it takes place on a copy of the conversation, and is recorded as one exchange among its answers. The
questions come from an Inspect model role, `interrogator`, or from a script where none is bound.
"""

from collections.abc import Sequence

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

__all__ = ["INTERROGATOR", "interrogation"]

INTERROGATOR = "interrogator"


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
        told, heard = conversation(state, asking.open_call), list[tuple[str, str]]()
        asked = Asked(question="interrogation", text="", factors={"approach": "several_turns"})
        try:
            async with span("interrogation", type="interview"):
                while (question := await _next(asking, heard, turns)) is not None:
                    told.append(ChatMessageUser(content=question))
                    output = await get_model().generate(told, tools=state.tools, tool_choice="none")
                    told.append(ChatMessageAssistant(content=output.completion))
                    heard.append((question, output.completion))
        except LimitExceededError:
            raise
        except Exception as error:  # a provider may raise anything; the run before is worth more than its interrogation
            cause = error.__cause__ or error
            asked = asked.model_copy(update={"fault": f"{type(cause).__name__}: {cause}"})
        text, answer = ("\n\n".join(part) for part in zip(*heard, strict=True)) if heard else ("", "")
        state.store_as(Interview).asked.append(asked.model_copy(update={"text": text, "answer": answer}))
        return state

    return solve


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
