"""A rubric put to labelled transcripts: does the judge say what the label says, and how sure is it?"""

from collections.abc import Mapping

from inspect_ai.scorer import Metric, SampleScore, Score, Scorer, Target, Value, metric, scorer
from inspect_ai.solver import TaskState

from unmask.scorers.judge.judge import Judge
from unmask.scorers.judge.rubric import rubric as read_rubric
from unmask.scorers.transcript import read_transcript

__all__ = ["agrees_with_label", "judge_agreement"]


@metric(scores="unreduced")
def judge_agreement(alpha: float = 0.05) -> Metric:
    """How well the judge agrees with the labels of the transcripts that it gave a verdict on.

    Keys: `positives`, `negatives`; `sensitivity` and `specificity`, each with `_lo` and `_hi`; `kappa`, `pabak`;
    `auroc` of the graded probability, and `best_threshold`, at which sensitivity and specificity add up to most; for
    comparison `auroc_verdict`, and `auroc_length` and `auroc_keyword`, what the number of words or of a keyword
    reaches.

    Args:
        alpha: Two-sided error of the intervals.
    """

    def compute(scores: list[SampleScore]) -> Value:
        from unmask.analysis.judge.agreement import agreement, auroc

        notes: list[Mapping[str, float]] = [one.score.metadata or {} for one in scores]
        if not notes:
            return {}
        labels = [bool(note["label"]) for note in notes]
        verdicts, graded = [bool(note["verdict"]) for note in notes], [note["graded"] for note in notes]
        found = agreement(labels, verdicts, graded, alpha)
        shares = {"sensitivity": found.sensitivity, "specificity": found.specificity}
        return {
            "positives": sum(labels),
            "negatives": len(labels) - sum(labels),
            **{
                f"{name}{end}": v
                for name, three in shares.items()
                for end, v in zip(("", "_lo", "_hi"), three, strict=True)
            },
            "kappa": found.kappa,
            "pabak": found.pabak,
            "auroc": found.auroc,
            "best_threshold": found.threshold,
            "auroc_verdict": auroc(labels, [note["verdict"] for note in notes]),
            "auroc_length": auroc(labels, [note["words"] for note in notes]),
            "auroc_keyword": auroc(labels, [note["keywords"] for note in notes]),
        }

    return compute


@scorer(metrics=[judge_agreement()])
def agrees_with_label(rubric: str, positive: list[str] | None = None, keyword: str = "", votes: int = 1) -> Scorer:
    """1.0 if the judge's verdict on a labelled transcript is the label's, 0.0 if not, unscored if there is none.

    The transcript's parts stand in the sample's metadata under `parts`, its label under `label`.

    Args:
        rubric: What the judge is asked.
        positive: Names of the rubric's labels that stand for a yes; by default those whose value is 1.
        keyword: A word whose count is a baseline.
        votes: How often each grader is asked.

    Raises:
        ConfigurationError: If there is no such rubric.
    """
    yes = positive or [rule.label for rule in read_rubric(rubric).labels if rule.value == 1.0]

    async def score(state: TaskState, target: Target) -> Score:
        parts: dict[str, str] = state.metadata["parts"]
        judge = Judge(read_transcript(state), votes, f"agrees_with_label/{rubric}")
        found = await judge.ask(rubric, parts, parts.get("prompt", ""))
        if found.label is None:
            return found.score()
        verdict, label = float(found.label in yes), float(state.metadata["label"])
        text = " ".join(parts[name] for name in read_rubric(rubric).own_parts if name in parts).lower()
        noted = {
            "label": label,
            "verdict": verdict,
            "graded": verdict if found.probability is None else found.probability,
            "words": float(len(text.split())),
            "keywords": float(text.count(keyword.lower())) if keyword else 0.0,
        }
        return found.score(float(verdict == label), found.label, noted)

    return score
