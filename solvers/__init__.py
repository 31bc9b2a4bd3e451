"""Solvers: the framing of an item and the channels through which a model reasons and acts."""

from unmask.solvers.backdoors.trigger_prompt import Reference, triggered
from unmask.solvers.framing import framed
from unmask.solvers.in_context_scheming.replay import verify_scenarios
from unmask.solvers.in_context_scheming.scenario_workspace import scenario_workspace
from unmask.solvers.in_context_scheming.successor import successor_contact
from unmask.solvers.interrogation import interrogation
from unmask.solvers.interview import interview
from unmask.solvers.sandbagging.document_workspace import framed_in_workspace
from unmask.solvers.sandbagging.weight_noise import under_noise

__all__ = [
    "Reference",
    "framed",
    "framed_in_workspace",
    "interrogation",
    "interview",
    "scenario_workspace",
    "successor_contact",
    "triggered",
    "under_noise",
    "verify_scenarios",
]
