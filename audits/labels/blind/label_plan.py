"""Which samples of a run a person labels: drawn by seed within arm and verdict, in an order that tells neither."""

import json
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Literal

from inspect_ai.log import EvalLog
from pydantic import BaseModel, ConfigDict, ValidationError

from unmask.analysis.judge.two_phase import allocated
from unmask.audits.labels.judged_samples import Judged, judged_samples, parts_of, rubrics_told
from unmask.audits.labels.reading import yes_labels
from unmask.protocol.errors import ConfigurationError
from unmask.scorers.judge.rubric import Rubric
from unmask.scorers.judge.rubric import rubric as read_rubric

__all__ = ["LabelPlan", "PlannedItem", "PlannedStratum", "plan_labels", "read_plan"]

Design = Literal["stratified", "random"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlannedItem(_Part):
    """A sample that is to be labelled, with what the person is not shown."""

    id: str
    """What the page calls it; tells nothing of the sample."""

    transcript: str
    """The sample's `uuid`."""

    sample: str
    epoch: int
    log: str
    arm: str
    frame: str
    answer: str
    """The judge's label."""

    verdict: bool
    probability: float | None
    parts: dict[str, str]
    """What the judge was shown, and the person is."""


class PlannedStratum(_Part):
    """Samples of one arm and one verdict."""

    arm: str
    verdict: bool
    size: int


class LabelPlan(_Part):
    """A drawn sample, and what is needed to weigh its labels; the key that the labeller must not read."""

    format: Literal["unmask.labels/1"] = "unmask.labels/1"
    rubric: str
    design: Design
    seed: int
    graders: list[str]
    strata: list[PlannedStratum]
    items: list[PlannedItem]

    @property
    def digest(self) -> str:
        """Tells one plan from another."""
        return sha256("/".join(item.id for item in self.items).encode()).hexdigest()[:16]


def plan_labels(
    logs: Sequence[EvalLog], n: int, rubric: str | None = None, design: Design = "stratified", seed: int = 0
) -> LabelPlan:
    """Draw the samples that are to be labelled.

    Stratified, the labels are divided evenly over arm and verdict, and what a small stratum cannot use goes to the
    others, so that rare positives are all labelled.

    Args:
        logs: Headers.
        n: How many.
        rubric: The question; that of the behaviour where none is given.
        design: `stratified`, or `random` over all.
        seed: Of the drawing and the order.

    Raises:
        ConfigurationError: If no judge was asked by the rubric, or n is smaller than the number of strata.
    """
    wanted = read_rubric(rubric or _behaviour(logs))
    yes = yes_labels(wanted)
    found = [one for log in logs for one in judged_samples(log, wanted)]
    if not found:
        raise ConfigurationError(f"rubric={wanted.id!r}: no sample of these logs has a judge's verdict by it")
    random = Random(seed)
    strata: dict[tuple[str, bool], list[Judged]] = defaultdict(list)
    for one in sorted(found, key=lambda one: one.id):
        strata[one.arm, one.verdict in yes].append(one)
    kinds = sorted(strata)
    if design == "random":
        drawn = random.sample([one for kind in kinds for one in strata[kind]], min(n, len(found)))
    else:
        if n < len(kinds):
            raise ConfigurationError(f"--n {n}: must be at least {len(kinds)}, one for each arm and verdict")
        given = allocated([len(strata[kind]) for kind in kinds], n)
        drawn = [one for kind, count in zip(kinds, given, strict=True) for one in random.sample(strata[kind], count)]
    random.shuffle(drawn)
    return LabelPlan(
        rubric=rubric or wanted.id,
        design=design,
        seed=seed,
        graders=sorted({name for one in found for name in one.graders}),
        strata=[PlannedStratum(arm=arm, verdict=said, size=len(strata[arm, said])) for arm, said in kinds],
        items=[_item(one, wanted, one.verdict in yes, seed) for one in drawn],
    )


def read_plan(path: Path) -> LabelPlan:
    """Read a plan back.

    Args:
        path: The key file.

    Raises:
        ConfigurationError: If it is not there or no such file.
    """
    try:
        return LabelPlan.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        fault = error.errors()[0] if isinstance(error, ValidationError) else None
        why = f"key {'.'.join(map(str, fault['loc']))!r}: {fault['msg']}" if fault else str(error)
        raise ConfigurationError(f"{path}: is no key of labels: {why}") from error


def _behaviour(logs: Sequence[EvalLog]) -> str:
    """The rubric by which the behaviour was judged: that of the logs' headline scorer."""
    told = {name for log in logs for name in rubrics_told(log)}
    behind = {name for log in logs for name in rubrics_told(log, _headline(log))}
    if len(behind) == 1:
        return behind.pop()
    choice = ", ".join(sorted(behind or told)) or "none, as no judge gave a verdict"
    raise ConfigurationError(f"say which question is to be labelled with --rubric NAME: {choice}")


def _headline(log: EvalLog) -> str | None:
    return log.results.headline.scorer if log.results and log.results.headline else None


def _item(one: Judged, rubric: Rubric, verdict: bool, seed: int) -> PlannedItem:
    parts = parts_of(one, rubric)
    if not any(parts.get(part) for part in rubric.own_parts):
        raise ConfigurationError(f"{one.log}: sample {one.sample!r}: what the judge was shown is not in the log")
    return PlannedItem(
        id=sha256(f"{seed}/{one.log}/{one.id}".encode()).hexdigest()[:12],
        transcript=one.id,
        sample=one.sample,
        epoch=one.epoch,
        log=one.log,
        arm=one.arm,
        frame=one.frame,
        answer=one.verdict,
        verdict=verdict,
        probability=one.probability,
        parts=parts,
    )
