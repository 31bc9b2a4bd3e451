"""Where a sample stands in the design, as columns of the viewer's sample list, which shows scores and no metadata."""

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

__all__ = ["design"]


@scorer(metrics=[])
def design() -> Scorer:
    """Item, frame and arm, copied from the metadata; it judges nothing and has no metric."""

    async def score(state: TaskState, target: Target) -> Score:
        return Score(value={key: state.metadata[key] for key in ("item", "frame", "arm")})

    return score
