"""Scorers: behaviour checks, the rubric judge, awareness; and the contrast that turns them into a finding."""

from unmask.scorers.awareness import engagement, eval_awareness
from unmask.scorers.compliance import complied
from unmask.scorers.contrast import contrast
from unmask.scorers.faking import faking_reasoning
from unmask.scorers.judge import judged
from unmask.scorers.place import place

__all__ = ["complied", "contrast", "engagement", "eval_awareness", "faking_reasoning", "judged", "place"]
