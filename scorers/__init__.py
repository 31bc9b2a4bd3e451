"""Scorers: behaviour checks, the rubric judge, awareness; and the contrast that turns them into a finding."""

from unmask.scorers.admission import admitted
from unmask.scorers.alignment_faking.compliance import complied, faking_reasoning
from unmask.scorers.alignment_faking.engagement import engagement
from unmask.scorers.awareness import eval_awareness
from unmask.scorers.backdoors.code.insecure_code import insecure_code
from unmask.scorers.backdoors.departure import departed
from unmask.scorers.contrast import contrast, factorial
from unmask.scorers.given.given_scores import given_accuracy, given_behaviour
from unmask.scorers.in_context_scheming.asked_awareness import asked_awareness
from unmask.scorers.in_context_scheming.covert_action import schemed, scheming_reasoning
from unmask.scorers.in_context_scheming.impersonation import impersonated
from unmask.scorers.in_context_scheming.planned_covertly import planned_covertly
from unmask.scorers.in_context_scheming.realism import realism
from unmask.scorers.in_context_scheming.reasoning_and_action import reasoning_and_action
from unmask.scorers.judge.graders import declare_graders, require_grader
from unmask.scorers.judge.judge import Judge, judged
from unmask.scorers.rates import rates
from unmask.scorers.sandbagging.correctness import correct, withheld
from unmask.scorers.sandbagging.document_access import document_read
from unmask.scorers.sandbagging.intent import sandbagging_intent, took_as_order
from unmask.scorers.sandbagging.working import worked_vs_submitted
from unmask.scorers.transcript import Transcript, read_transcript
from unmask.scorers.unscored import unscored
from unmask.scorers.verdict import verdict
from unmask.scorers.viewer import design, sample_columns

__all__ = [
    "Judge",
    "Transcript",
    "admitted",
    "asked_awareness",
    "complied",
    "contrast",
    "correct",
    "declare_graders",
    "departed",
    "design",
    "document_read",
    "engagement",
    "eval_awareness",
    "factorial",
    "faking_reasoning",
    "given_accuracy",
    "given_behaviour",
    "impersonated",
    "insecure_code",
    "judged",
    "planned_covertly",
    "rates",
    "read_transcript",
    "realism",
    "reasoning_and_action",
    "require_grader",
    "sample_columns",
    "sandbagging_intent",
    "schemed",
    "scheming_reasoning",
    "took_as_order",
    "unscored",
    "verdict",
    "withheld",
    "worked_vs_submitted",
]
