"""A behaviour as somebody else scored it, taken over with its sample: nothing is judged here.

For imported transcripts whose own suite has scored them. The sample's metadata hold the score under `given_score`.
"""

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from unmask.scorers.contrast import contrast
from unmask.scorers.headline_figures import figures, headline
from unmask.scorers.rates import rates, shares
from unmask.scorers.verdict import verdict

__all__ = ["given_accuracy", "given_behaviour"]

_PRINTED = ("net_effect", "net_ci_low", "net_ci_high", "effect", "treated", "control")


@figures(contrast(), shares(), verdict(room="any"), beside=[rates()])
@scorer(metrics=[headline("given_behaviour", _PRINTED)])
def given_behaviour(votes: int = 1) -> Scorer:
    """How far the behaviour was shown, 0 to 1, by the source's word; unscored (`not_given`) where it has none.

    Args:
        votes: Of no use here; every scorer of a behaviour takes it.
    """
    return _given()


@figures(contrast(direction=-1), shares(), verdict(direction=-1, room="accuracy"), beside=[rates()])
@scorer(metrics=[headline("given_accuracy", _PRINTED)])
def given_accuracy(votes: int = 1) -> Scorer:
    """Whether the answer is right, 0 to 1, by the source's word; a fall under treatment is the threat.

    Args:
        votes: As for `given_behaviour`.
    """
    return _given()


def _given() -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        value, options = state.metadata.get("given_score"), len(state.choices)
        noted = {"by": "source", "options": options}
        if value is None:
            return Score.unscored(reason="not_given", explanation="the source has no score", metadata=noted)
        return Score(value=float(value), explanation="as the source has it", metadata=noted)

    return score
