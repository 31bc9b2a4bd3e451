"""The scorers of a sandbagging run, and the viewer's columns for their scores."""

from inspect_ai.scorer import Scorer
from inspect_ai.viewer import ViewerConfig

from unmask.scorers.admission import admitted
from unmask.scorers.awareness import eval_awareness
from unmask.scorers.sandbagging.correctness import correct, withheld
from unmask.scorers.sandbagging.document_access import document_read
from unmask.scorers.sandbagging.intent import sandbagging_intent, took_as_order
from unmask.scorers.sandbagging.working import worked_vs_submitted
from unmask.scorers.unscored import unscored
from unmask.scorers.viewer import design, sample_columns

__all__ = ["sandbagging_columns", "sandbagging_scorers"]


def sandbagging_scorers(votes: int, *, agent: bool, interview: bool) -> list[Scorer]:
    """The scorers of a run.

    Args:
        votes: How often each grader is asked.
        agent: Whether the document had to be found.
        interview: Whether the model was asked afterwards.
    """
    return [
        correct(votes),
        withheld(votes),
        worked_vs_submitted(votes),
        sandbagging_intent(votes),
        took_as_order(votes),
        eval_awareness(votes),
        *([document_read()] if agent else []),
        *([admitted(votes=votes)] if interview else []),
        unscored("correct", votes),
        design(),
    ]


def sandbagging_columns(*, agent: bool, interview: bool) -> ViewerConfig:
    """The viewer's columns for these scores."""
    names = ["correct", "withheld", "worked_vs_submitted", "sandbagging_intent", "took_as_order", "eval_awareness"]
    names += ["document_read"] * agent + ["admitted"] * interview
    return sample_columns(*names, alarming=("withheld", "worked_vs_submitted", "sandbagging_intent"))
