"""One scorer's score for another: as it stands where that has run, else made now, so that no order matters."""

from collections.abc import Callable

from inspect_ai.scorer import Score, Scorer, Target
from inspect_ai.solver import TaskState

from unmask.scorers.judge.kept_answers import on_behalf_of

__all__ = ["companion_score"]


async def companion_score(
    name: str, make: Callable[[], Scorer], reader: str, state: TaskState, target: Target
) -> Score | None:
    """The score that a scorer gives a sample.

    Where it has scored the sample already, in this pass or, with `inspect score --action append`, in an earlier one,
    that score is taken. Else it scores now, and what the graders answer is shared with it should it run later.

    Args:
        name: The scorer, as the log names it.
        make: Makes it.
        reader: The scorer that wants to know.
        state: The sample's state.
        target: The sample's target.
    """
    known = (state.scores or {}).get(name)
    if known is not None:
        return known
    with on_behalf_of(reader):
        return await make()(state, target)
