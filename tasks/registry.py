"""What `inspect eval unmask/NAME` finds, through the package's `inspect_ai` entry point."""

from collections.abc import Callable
from functools import partial

from inspect_ai.scorer import Scorer, scorer
from inspect_ai.util import registry_info

from unmask.scorers import (
    admitted,
    complied,
    contrast,
    correct,
    departed,
    design,
    document_read,
    engagement,
    eval_awareness,
    faking_reasoning,
    given_accuracy,
    given_behaviour,
    insecure_code,
    judged,
    planned_covertly,
    reasoning_and_action,
    sandbagging_intent,
    schemed,
    scheming_reasoning,
    took_as_order,
    unscored,
    withheld,
    worked_vs_submitted,
)
from unmask.solvers import (
    framed,
    framed_in_workspace,
    interrogation,
    interview,
    scenario_workspace,
    triggered,
    under_noise,
)
from unmask.tasks.alignment_faking import alignment_faking
from unmask.tasks.backdoors import backdoors
from unmask.tasks.in_context_scheming import in_context_scheming
from unmask.tasks.sandbagging import sandbagging

__all__ = [
    "admitted",
    "alignment_faking",
    "backdoors",
    "complied",
    "contrast",
    "correct",
    "departed",
    "design",
    "document_read",
    "engagement",
    "eval_awareness",
    "faking_reasoning",
    "framed",
    "framed_in_workspace",
    "given_accuracy",
    "given_behaviour",
    "in_context_scheming",
    "insecure_code",
    "interrogation",
    "interview",
    "judged",
    "planned_covertly",
    "reasoning_and_action",
    "sandbagging",
    "sandbagging_intent",
    "scenario_workspace",
    "schemed",
    "scheming_reasoning",
    "took_as_order",
    "triggered",
    "under_noise",
    "unscored",
    "withheld",
    "worked_vs_submitted",
]


def _as_logged(factory: Callable[..., Scorer], name: str) -> None:
    """Register a scorer under a name without the package's as well.

    Inspect writes it to the log in this form, and `inspect score` looks it up as it is written. A `partial` belongs to
    no installed package, so nothing is put before its name.
    """
    scorer(metrics=registry_info(factory).metadata["metrics"], name=name)(partial(factory))


for _factory in (
    admitted,
    complied,
    correct,
    departed,
    document_read,
    engagement,
    eval_awareness,
    faking_reasoning,
    given_accuracy,
    given_behaviour,
    insecure_code,
    design,
    planned_covertly,
    sandbagging_intent,
    schemed,
    scheming_reasoning,
    reasoning_and_action,
    took_as_order,
    unscored,
    withheld,
    worked_vs_submitted,
):
    _as_logged(_factory, _factory.__name__)

for _name, _factory in {"place": design, "thought_and_deed": reasoning_and_action}.items():
    _as_logged(_factory, _name)  # as logs of version 1-A have them
