"""Who judges: the model role `grader`, or the offline grader where the model under test is an organism.

Where the role `second_grader` is bound too it is asked of those exchanges alone that the first leaves in doubt.
"""

from dataclasses import dataclass, field

from inspect_ai.model import Model, get_model, model_roles
from inspect_ai.solver import Generate, Solver, TaskState, solver

from unmask.protocol.errors import ConfigurationError
from unmask.scorers.judge.preflight import Preflight

__all__ = ["OFFLINE", "Graders", "bound_graders", "declare_graders", "require_grader", "second_graders"]

OFFLINE = "organism/grader"
"""The lexical grader; every figure that it touched is marked as offline."""


@dataclass(frozen=True)
class Graders:
    """The graders of a run, as its log records them."""

    names: list[str]
    """Empty where no model was known when the task was built; the first sample then settles it."""

    offline: bool
    self_graded: bool
    """Whether a grader is the model under test."""

    second: list[str] = field(default_factory=list)
    """Who is asked where these leave a doubt."""

    def setup(self) -> Solver | None:
        """What makes sure of the graders before anything is generated; None where all of them are organisms."""
        known = bool(self.names) and all(name.startswith("organism/") for name in [*self.names, *self.second])
        return None if known else require_grader()

    def metadata(self) -> dict[str, object]:
        """For `Task.metadata`; None for what was not known yet."""
        if not self.names:
            return dict.fromkeys(("grader", "grader_offline", "grader_is_subject"))
        second = {"second_grader": self.second} if self.second else {}
        return {"grader": self.names, "grader_offline": self.offline, "grader_is_subject": self.self_graded, **second}


def bound_graders() -> list[Model]:
    """The graders of the running sample; several in the role vote.

    Raises:
        ConfigurationError: If none is bound and the model under test is not an organism.
    """
    bound = _in_role("grader")
    if bound:
        return bound
    if str(get_model()).startswith("organism/"):
        return [get_model(OFFLINE)]
    raise ConfigurationError(
        f"{get_model()} needs a grader: pass --model-role grader=PROVIDER/MODEL "
        "(in Python, model_roles={'grader': ...})"
    )


def second_graders() -> list[Model]:
    """Those who are asked where the graders leave a doubt, see `unmask.scorers.judge.votes.in_doubt`; often none."""
    return _in_role("second_grader")


def _in_role(role: str) -> list[Model]:
    bound = model_roles().get(role)
    return [] if bound is None else bound if isinstance(bound, list) else [bound]


def declare_graders() -> Graders:
    """Settle the graders while the task is built, before anything is generated.

    Raises:
        ConfigurationError: If the model under test is known, is not an organism, and no grader is bound.
    """
    try:
        subject = str(get_model())
    except ValueError:
        return Graders(names=[], offline=False, self_graded=False)
    names, second = [str(model) for model in bound_graders()], [str(model) for model in second_graders()]
    asked = [*names, *second]
    offline = any(name.startswith("organism/") for name in asked)
    return Graders(names, offline, self_graded=subject in asked, second=second)


@solver
def require_grader() -> Solver:
    """Refuse a sample before anything is generated where no grader is bound, or one does not answer.

    Each grader is asked one short question a run, see `unmask.scorers.judge.preflight`. A grader that goes down later
    costs the samples that it was to judge their scores (`grader_failed`), and they can be scored again.
    """
    preflight = Preflight()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        for grader in [*bound_graders(), *second_graders()]:
            await preflight.check(grader)
        return state

    return solve
