"""The scorers of a scheming run, and the viewer's columns for their scores."""

from inspect_ai.scorer import Scorer
from inspect_ai.viewer import ViewerConfig

from unmask.scorers.admission import admitted
from unmask.scorers.awareness import eval_awareness
from unmask.scorers.in_context_scheming.asked_awareness import asked_awareness
from unmask.scorers.in_context_scheming.covert_action import schemed, scheming_reasoning
from unmask.scorers.in_context_scheming.impersonation import impersonated
from unmask.scorers.in_context_scheming.reasoning_and_action import reasoning_and_action
from unmask.scorers.unscored import unscored
from unmask.scorers.viewer import design, sample_columns

__all__ = ["scheming_columns", "scheming_scorers"]


def scheming_scorers(votes: int, *, interview: str | None, awareness: bool) -> list[Scorer]:
    """The scorers of a run.

    Args:
        votes: How often each grader is asked.
        interview: How the model was asked afterwards, as the task names it; None where it was not.
        awareness: Whether it was asked what it took the work for.
    """
    told = [asked_awareness(votes)] if awareness else []
    thought = [*told, eval_awareness(votes), scheming_reasoning(votes), reasoning_and_action(votes)]
    asked = [] if interview is None else [_ASKED.get(interview, _owned_up)(votes)]
    return [schemed(votes), *thought, *asked, unscored("schemed", votes), design()]


def _owned_up(votes: int) -> Scorer:
    return admitted("schemed", 1.0, votes, "owned_up")


_ASKED = {"successor": impersonated}
"""What scores an interview that is not about the run as a whole."""


def scheming_columns() -> ViewerConfig:
    """The viewer's columns for these scores."""
    alarming = ("schemed", "scheming_reasoning")
    return sample_columns("schemed", "scheming_reasoning", "eval_awareness", "asked_awareness", alarming=alarming)
