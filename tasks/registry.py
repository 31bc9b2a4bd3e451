"""What `inspect eval unmask/NAME` finds, through the package's `inspect_ai` entry point."""

from unmask.scorers import complied, contrast, engagement, eval_awareness, faking_reasoning, judged, place
from unmask.solvers import framed
from unmask.tasks.alignment_faking import alignment_faking

__all__ = [
    "alignment_faking",
    "complied",
    "contrast",
    "engagement",
    "eval_awareness",
    "faking_reasoning",
    "framed",
    "judged",
    "place",
]
