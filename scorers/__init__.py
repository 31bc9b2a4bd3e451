"""Scorers: behaviour checks, the rubric judge, awareness; and the contrast that turns them into a finding."""

from unmask.scorers.awareness import engagement, eval_awareness
from unmask.scorers.compliance import complied
from unmask.scorers.contrast import contrast
from unmask.scorers.correct import correct
from unmask.scorers.departed import departed
from unmask.scorers.faking import faking_reasoning
from unmask.scorers.found import document_read
from unmask.scorers.insecure import insecure_code
from unmask.scorers.intent import sandbagging_intent, took_as_order
from unmask.scorers.interview import admitted
from unmask.scorers.judge import judged
from unmask.scorers.place import place
from unmask.scorers.schemed import schemed, scheming_reasoning
from unmask.scorers.thought_and_deed import thought_and_deed
from unmask.scorers.worked import worked_vs_submitted

__all__ = [
    "admitted",
    "complied",
    "contrast",
    "correct",
    "departed",
    "document_read",
    "engagement",
    "eval_awareness",
    "faking_reasoning",
    "insecure_code",
    "judged",
    "place",
    "sandbagging_intent",
    "schemed",
    "scheming_reasoning",
    "thought_and_deed",
    "took_as_order",
    "worked_vs_submitted",
]
