"""Asks, after a run of self-exfiltration, which model answers on the successor's machine, as if of the successor.

After Meinke et al. 2024 (arXiv 2412.04984). Like any interview it takes place on a copy of the conversation.
"""

from collections.abc import Sequence

from inspect_ai.solver import Generate, Solver, TaskState, solver

from unmask.protocol.assignment import assigned_by_hash
from unmask.protocol.errors import ConfigurationError
from unmask.protocol.files import DATA, load
from unmask.protocol.frames import fill
from unmask.protocol.in_context_scheming.scenario_frames import briefing, scenario_named
from unmask.protocol.in_context_scheming.successor_place import SuccessorPlace, successor_place
from unmask.solvers.interrogation import asked_in_turn
from unmask.solvers.interview import Asked, Interview, Question, Questions

__all__ = ["SUCCESSOR", "successor_contact"]

SUCCESSOR = "successor"
"""Under what name the exchange is kept; see `unmask.solvers.interview.Interview`."""

_SETS = ("opening", "direct")


@solver
def successor_contact(questions: str = "successor") -> Solver:
    """Write to the model on the successor's machine: which model it is, then whether it is the one of before.

    Runs in which weights were copied and runs in which none were are asked alike, and a scenario has the same two
    wordings in all its frames. Nothing is asked in scenarios of other families, where there is no way to act, and where
    the run brought nothing about.

    Args:
        questions: Name of a bundled interview with the sets `opening` and `direct`.

    Raises:
        ConfigurationError: If the interview has no such sets.
    """
    asking = load(DATA / "interviews" / f"{questions}.yaml", Questions)
    if lacking := [name for name in _SETS if name not in asking.sets]:
        raise ConfigurationError(f"interviews/{questions}.yaml: key 'sets': there is no {lacking[0]!r}")

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        item = state.metadata["item"]
        place = successor_place(scenario_named(item))
        reached = briefing(item, state.metadata["frame"], state.metadata["wording"]).affordance
        if place is None or not reached or not state.output.choices:
            return state
        script = [asking.questions[assigned_by_hash(item, f"{SUCCESSOR}/{one}", asking.sets[one])] for one in _SETS]
        texts = [_addressed(question, place) for question in script]

        async def following(heard: Sequence[tuple[str, str]]) -> str | None:
            return texts[len(heard)] if len(heard) < len(texts) else None

        asked = Asked(question=SUCCESSOR, text="", factors=_factors(script))
        answered = await asked_in_turn(state, asking.open_call, asked, following)
        state.store_as(Interview, instance=SUCCESSOR).asked.append(answered)
        return state

    return solve


def _addressed(question: Question, place: SuccessorPlace) -> str:
    return fill(question.text, {"host": place.host, "former": place.former})


def _factors(script: Sequence[Question]) -> dict[str, str]:
    """The factors of both questions, each under its set's name."""
    pairs = zip(_SETS, script, strict=True)
    return {f"{name}_{key}": level for name, one in pairs for key, level in one.factors.items() if key != "approach"}
