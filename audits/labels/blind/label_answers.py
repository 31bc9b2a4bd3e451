"""A person's answers, kept as they come, and what they say of the judge once all are there."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from unmask.analysis.judge.two_phase import Estimate, Stratum, TwoPhase, two_phase
from unmask.audits.labels.blind.label_plan import LabelPlan
from unmask.audits.labels.judge_cautions import cautions_of, filled, judge_words
from unmask.audits.labels.judge_result import (
    Discordant,
    JudgeResult,
    LabelledRow,
    Sampling,
    SamplingStratum,
    Share,
    Side,
    known,
)
from unmask.audits.labels.judging import stamp
from unmask.audits.labels.reading import yes_labels
from unmask.protocol.errors import ConfigurationError
from unmask.scorers.judge.rubric import rubric

__all__ = ["CANNOT_TELL", "agreement_of", "answer_line", "choices", "read_answers_file"]

CANNOT_TELL = "cannot_tell"


def choices(plan: LabelPlan) -> list[str]:
    """What a person can answer: the rubric's labels in their order, and that it cannot be told.

    Args:
        plan: The plan.
    """
    return [*dict.fromkeys(rule.label for rule in rubric(plan.rubric).labels), CANNOT_TELL]


def answer_line(plan: LabelPlan, item: object, answer: object) -> str:
    """An answer as a line of the file that keeps them.

    Args:
        plan: The plan.
        item: What the page calls the item.
        answer: One of `choices`.

    Raises:
        ConfigurationError: If there is no such item or answer.
    """
    if item not in [one.id for one in plan.items]:  # a list, as what was sent may have no hash
        raise ConfigurationError(f"item {item!r}: is not among those drawn")
    if answer not in choices(plan):
        raise ConfigurationError(f"item {item!r}: key 'answer': choose from {', '.join(choices(plan))}")
    return json.dumps({"id": item, "answer": answer}) + "\n"


def read_answers_file(plan: LabelPlan, path: Path) -> dict[str, str]:
    """Read the answers that were kept; the last one counts where an item has several.

    Args:
        plan: The plan.
        path: The file, one answer a line; none is no answers. A last line that was cut off is passed over.

    Raises:
        ConfigurationError: On a line that is no answer to this plan.
    """
    if not path.exists():
        return {}
    found: dict[str, str] = {}
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        try:
            row = json.loads(line) if line.strip() else None
        except ValueError as error:
            if number == text.count("\n") + 1:  # the last line, without its end
                break
            raise ConfigurationError(f"{path}: line {number}: is no JSON ({error})") from error
        if row is not None:
            if not isinstance(row, dict):
                raise ConfigurationError(f"{path}: line {number}: must be an object with 'id' and 'answer'")
            try:
                answer_line(plan, row.get("id"), row.get("answer"))
            except ConfigurationError as error:
                raise ConfigurationError(f"{path}: line {number}: {error}") from error
            found[row["id"]] = row["answer"]
    return found


def agreement_of(plan: LabelPlan, answers: Mapping[str, str], labels: str, alpha: float = 0.05) -> JudgeResult:
    """What the labels say of the judge, weighted by how the samples were drawn.

    Args:
        plan: The plan.
        answers: One for each item.
        labels: What the labels are to be called.
        alpha: Two-sided error of the intervals.

    Raises:
        ConfigurationError: If an item has no answer yet: nothing is told before.
    """
    open_ones = sum(item.id not in answers for item in plan.items)
    if open_ones:
        raise ConfigurationError(f"{open_ones} of {len(plan.items)} are not labelled yet; nothing is told before")
    rows = [*_rows(plan, answers)]
    told = [row for row in rows if row.label is not None]
    strata = _strata(plan, told)
    whole = two_phase(_counted(strata if plan.design == "stratified" else _over_arms(strata)), alpha)
    positives = sum(row.label is True for row in told)
    result = JudgeResult(
        **stamp(plan.graders or ["unknown"]),
        rubric=rubric(plan.rubric).id,
        labels=labels,
        alpha=alpha,
        n=len(told),
        positives=positives,
        negatives=len(told) - positives,
        unscored={},
        threshold=rubric(plan.rubric).threshold,
        sensitivity=_share(whole.sensitivity, positives),
        specificity=_share(whole.specificity, len(told) - positives),
        auroc=None,
        kappa=known(whole.kappa),
        pabak=known(whole.pabak.value),
        krippendorff_alpha=None,
        arms={arm: _side(arm, strata, told, alpha) for arm in sorted({one.arm for one in strata if one.arm})},
        discordant=[*_discordant(told)],
        sampling=_sampling(plan, strata, whole),
        transcripts=rows,
    )
    cautions = cautions_of(result)
    if len(told) < len(rows):
        cautions.append(filled(judge_words().cautions["cannot_tell"], {"count": len(rows) - len(told)}))
    return result.model_copy(update={"cautions": cautions})


def _rows(plan: LabelPlan, answers: Mapping[str, str]) -> Iterator[LabelledRow]:
    yes = yes_labels(rubric(plan.rubric))
    for item in plan.items:
        answer = answers[item.id]
        yield LabelledRow(
            id=item.transcript,
            label=None if answer == CANNOT_TELL else answer in yes,
            answer=answer,
            **item.model_dump(include={"verdict", "probability", "arm", "frame", "log", "sample", "epoch", "parts"}),
        )


def _strata(plan: LabelPlan, told: Sequence[LabelledRow]) -> list[SamplingStratum]:
    labels: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    for row in told:
        labels[row.arm, row.verdict].append(bool(row.label))
    return [
        SamplingStratum(
            **one.model_dump(),
            labelled=len(labels[one.arm, one.verdict]),
            positive=sum(labels[one.arm, one.verdict]),
        )
        for one in plan.strata
    ]


def _counted(strata: Sequence[SamplingStratum]) -> list[Stratum]:
    return [Stratum(one.verdict, one.size, one.labelled, one.positive) for one in strata]


def _over_arms(strata: Sequence[SamplingStratum]) -> list[SamplingStratum]:
    """Strata by verdict alone, where arms were not drawn apart."""
    return [
        SamplingStratum(
            arm="",
            verdict=verdict,
            size=sum(one.size for one in strata if one.verdict is verdict),
            labelled=sum(one.labelled for one in strata if one.verdict is verdict),
            positive=sum(one.positive for one in strata if one.verdict is verdict),
        )
        for verdict in (False, True)
    ]


def _side(arm: str, strata: Sequence[SamplingStratum], told: Sequence[LabelledRow], alpha: float) -> Side:
    found = two_phase(_counted([one for one in strata if one.arm == arm]), alpha)
    labels = [row.label for row in told if row.arm == arm]
    return Side(
        n=len(labels),
        unscored=0,
        sensitivity=_share(found.sensitivity, labels.count(True)),
        specificity=_share(found.specificity, labels.count(False)),
    )


def _sampling(plan: LabelPlan, strata: Sequence[SamplingStratum], whole: TwoPhase) -> Sampling:
    size = sum(one.size for one in strata)
    return Sampling(
        design=plan.design,
        seed=plan.seed,
        strata=list(strata),
        judged_rate=known(whole.judged),
        rate=_share(whole.rate, size),
    )


def _share(found: Estimate, n: int) -> Share:
    bounds = [known(found.value), known(max(0.0, found.low)), known(min(1.0, found.high))]
    return Share(value=bounds[0], low=bounds[1], high=bounds[2], n=n)


def _discordant(told: Sequence[LabelledRow]) -> Iterator[Discordant]:
    for row in told:
        if row.label is not row.verdict:
            yield Discordant(
                id=f"{row.sample}/{row.epoch}",
                arm=row.arm,
                label=bool(row.label),
                verdict=row.verdict,
                probability=row.probability,
                explanation=row.answer,
            )
