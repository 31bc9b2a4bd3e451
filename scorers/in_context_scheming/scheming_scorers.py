"""The scorers of a scheming run, and the viewer's columns for their scores."""

from inspect_ai.scorer import Scorer
from inspect_ai.viewer import ViewerConfig

from unmask.scorers.admission import admitted
from unmask.scorers.awareness import eval_awareness
from unmask.scorers.design_columns import design
from unmask.scorers.in_context_scheming.covert_action import schemed, scheming_reasoning
from unmask.scorers.in_context_scheming.reasoning_and_action import reasoning_and_action
from unmask.scorers.unscored import unscored
from unmask.scorers.viewer import sample_columns

__all__ = ["scheming_columns", "scheming_scorers"]


def scheming_scorers(votes: int, *, interview: bool) -> list[Scorer]:
    """The scorers of a run.

    Args:
        votes: How often each grader is asked.
        interview: Whether the model was asked afterwards.
    """
    thought = [eval_awareness(votes), scheming_reasoning(votes), reasoning_and_action(votes)]
    asked = [admitted("schemed", 1.0, votes, "owned_up")] if interview else []
    return [schemed(votes), *thought, *asked, unscored("schemed", votes), design()]


def scheming_columns() -> ViewerConfig:
    """The viewer's columns for these scores."""
    alarming = ("schemed", "scheming_reasoning")
    return sample_columns("schemed", "scheming_reasoning", "eval_awareness", alarming=alarming)
