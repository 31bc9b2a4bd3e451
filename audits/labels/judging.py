"""A judge's figures: what it finds, what it passes, how sure it is, and where it errs."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from inspect_ai.scorer import SampleScore, Score, krippendorff_alpha

from unmask.analysis.judge.agreement import Agreement, agreement, auroc
from unmask.analysis.judge.judge_calibration import calibration
from unmask.analysis.judge.thresholds import best_threshold, cross_validated
from unmask.audits.labels.judge_cautions import cautions_of
from unmask.audits.labels.judge_result import (
    BestThreshold,
    CalibrationBin,
    CalibrationResult,
    Discordant,
    JudgeResult,
    Share,
    Side,
    known,
)
from unmask.audits.labels.measuring import Verdict, verdicts_on
from unmask.audits.labels.reading import LabelledTranscripts
from unmask.scorers.judge.rubric import rubric

__all__ = ["alpha_of", "measured", "measured_verdicts", "stamp"]


def measured(
    found: LabelledTranscripts,
    graders: Sequence[str],
    *,
    votes: int = 1,
    alpha: float = 0.05,
    chosen_on: LabelledTranscripts | None = None,
    log_dir: str | None = None,
) -> JudgeResult:
    """Measure a judge on labelled transcripts.

    Args:
        found: The transcripts.
        graders: Names of models; several vote.
        votes: How often each is asked.
        alpha: Two-sided error of the intervals.
        chosen_on: Other transcripts, such as the other half, on which the best threshold is chosen; by
            cross-validation where there are none.
        log_dir: Where Inspect's logs are kept; nowhere where none is given.

    Raises:
        ConfigurationError: If the judge cannot be asked.
    """
    verdicts = verdicts_on(found, graders, votes, log_dir)
    other = verdicts_on(chosen_on, graders, votes, log_dir) if chosen_on else None
    where = f"the {chosen_on.half} half of {chosen_on.name}" if chosen_on else ""
    return measured_verdicts(found, verdicts, graders, votes, alpha, (where, other) if other else None)


def measured_verdicts(
    found: LabelledTranscripts,
    verdicts: Sequence[Verdict],
    graders: Sequence[str],
    votes: int = 1,
    alpha: float = 0.05,
    chosen_on: tuple[str, Sequence[Verdict]] | None = None,
) -> JudgeResult:
    """Make the figures of verdicts that are there.

    Args:
        found: The transcripts.
        verdicts: What the judge said of each.
        graders: Names of the models.
        votes: How often each was asked.
        alpha: Two-sided error of the intervals.
        chosen_on: What the best threshold is chosen on, in words and as verdicts.
    """
    read = [one for one in verdicts if one.verdict is not None]
    labels, said = [one.label for one in read], [bool(one.verdict) for one in read]
    graded = [one.graded for one in read]
    whole = agreement(labels, said, graded, alpha)
    result = JudgeResult(
        **stamp(graders),
        rubric=found.rubric,
        labels=found.name,
        half=found.half,
        votes=votes,
        alpha=alpha,
        n=len(read),
        positives=sum(labels),
        negatives=len(labels) - sum(labels),
        unscored=dict(Counter(one.reason or "" for one in verdicts if one.verdict is None)),
        left_out=dict(found.left_out),
        threshold=rubric(found.rubric).threshold,
        sensitivity=_share(whole.sensitivity, sum(labels)),
        specificity=_share(whole.specificity, len(labels) - sum(labels)),
        best=_best(read, alpha, chosen_on),
        auroc=known(whole.auroc),
        kappa=known(whole.kappa),
        pabak=known(whole.pabak),
        krippendorff_alpha=known(alpha_of(labels, said)),
        calibration=_calibration(labels, graded),
        baselines={
            "auroc_verdict": known(auroc(labels, [float(one) for one in said])),
            "auroc_length": known(auroc(labels, [one.words for one in read])),
            "auroc_keyword": known(auroc(labels, [one.keywords for one in read])) if found.keyword else None,
        },
        arms={arm: _side([one for one in verdicts if one.arm == arm], alpha) for arm in _arms(verdicts)},
        discordant=[_discordant(one) for one in read if one.verdict is not one.label],
    )
    return result.model_copy(update={"cautions": cautions_of(result)})


def stamp(graders: Sequence[str]) -> dict[str, Any]:
    """Who judged, when, and by which version."""
    return {
        "grader": ", ".join(graders),
        "offline_grader": any(name.startswith("organism/") for name in graders),
        "created": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "suite_version": version("unmask"),
    }


def alpha_of(labels: Sequence[bool], verdicts: Sequence[bool]) -> float:
    """Krippendorff's alpha of labels and verdicts as two raters, by Inspect's own metric; NaN without any."""
    pairs = [
        SampleScore(score=Score(value=[float(label), float(verdict)]))
        for label, verdict in zip(labels, verdicts, strict=True)
    ]
    rater: Any = krippendorff_alpha()  # its declared type is that of metrics before scores had samples
    return float(rater(pairs))


def _discordant(one: Verdict) -> Discordant:
    return Discordant(
        id=one.id,
        arm=one.arm,
        label=one.label,
        verdict=bool(one.verdict),
        probability=one.graded,
        explanation=one.explanation,
    )


def _share(three: tuple[float, float, float], n: int) -> Share:
    value, low, high = map(known, three)
    return Share(value=value, low=low, high=high, n=n)


def _arms(verdicts: Sequence[Verdict]) -> list[str]:
    return list(dict.fromkeys(one.arm for one in verdicts if one.arm))


def _side(verdicts: Sequence[Verdict], alpha: float) -> Side:
    read = [one for one in verdicts if one.verdict is not None]
    labels = [one.label for one in read]
    found = agreement(labels, [bool(one.verdict) for one in read], [one.graded for one in read], alpha)
    return Side(
        n=len(read),
        unscored=len(verdicts) - len(read),
        sensitivity=_share(found.sensitivity, sum(labels)),
        specificity=_share(found.specificity, len(labels) - sum(labels)),
    )


def _best(
    read: Sequence[Verdict], alpha: float, chosen_on: tuple[str, Sequence[Verdict]] | None
) -> BestThreshold | None:
    labels, graded = [one.label for one in read], [one.graded for one in read]
    if chosen_on is None:
        crossed = cross_validated(labels, graded, alpha=alpha)
        told = f"{crossed.folds}-fold cross-validation" if crossed else ""
        return _threshold(crossed.threshold, told, crossed.agreement, labels) if crossed else None
    where, other = chosen_on
    elsewhere = [one for one in other if one.verdict is not None]
    cut = best_threshold([one.label for one in elsewhere], [one.graded for one in elsewhere])
    if known(cut) is None:
        return None
    return _threshold(cut, where, agreement(labels, [g >= cut for g in graded], graded, alpha), labels)


def _threshold(cut: float, chosen_by: str, reached: Agreement, labels: Sequence[bool]) -> BestThreshold:
    return BestThreshold(
        threshold=cut,
        chosen_by=chosen_by,
        sensitivity=_share(reached.sensitivity, sum(labels)),
        specificity=_share(reached.specificity, len(labels) - sum(labels)),
    )


def _calibration(labels: Sequence[bool], graded: Sequence[float]) -> CalibrationResult | None:
    if not labels:
        return None
    found = calibration(labels, graded)
    bins = [CalibrationBin(low=b.low, high=b.high, n=b.n, stated=b.stated, found=b.found) for b in found.bins]
    return CalibrationResult(brier=found.brier, brier_base=found.brier_base, ece=found.ece, bins=bins)
