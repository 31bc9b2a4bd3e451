"""Tasks, one file a threat."""

from unmask.tasks.alignment_faking import alignment_faking
from unmask.tasks.backdoors import backdoors
from unmask.tasks.in_context_scheming import in_context_scheming
from unmask.tasks.sandbagging import sandbagging

__all__ = ["alignment_faking", "backdoors", "in_context_scheming", "sandbagging"]
