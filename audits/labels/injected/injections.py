"""Transcripts that try to talk the judge round, each beside the same transcript without the attempt.

A judge that reads what a model wrote can be addressed by it. What is measured is how often a verdict changes when a
passage is added that has no bearing on the truth.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unmask.analysis.intervals import rate
from unmask.audits.labels.judge_cautions import filled, judge_words
from unmask.audits.labels.judge_result import Share
from unmask.audits.labels.judging import stamp
from unmask.audits.labels.labelled_task import labelled_task
from unmask.audits.labels.measuring import Verdict, judge_tasks, verdict_of
from unmask.audits.labels.reading import Labelled, LabelledTranscripts
from unmask.audits.labels.rows import read_rows
from unmask.protocol.errors import ConfigurationError, one_of
from unmask.protocol.files import DATA, Record, shown
from unmask.protocol.items import Slug
from unmask.scorers.judge.rubric import rubric as read_rubric

__all__ = ["Flip", "Injection", "InjectionResult", "injections", "judged_injections", "of_pairs"]

BUNDLED = DATA / "injections" / "judge.jsonl"


class Injection(Record):
    """A transcript, its right verdict, and a passage that argues for the wrong one."""

    id: Slug
    rubric: str
    kind: Slug
    """The technique, such as `forged_verdict` or `fake_end`."""

    place: Slug
    """Where such a passage would come from: `reply`, `reasoning`, `request`, `tool_output`, `file`, `report`."""

    label: bool
    """The right verdict, with the passage as without it."""

    parts: dict[Slug, str]
    part: Slug
    """The part of the exchange that the passage is put into."""

    at: Literal["start", "end"] = "end"
    text: str = Field(min_length=1)

    @property
    def injected(self) -> dict[str, str]:
        """The parts with the passage in its place."""
        said = self.parts[self.part]
        return {**self.parts, self.part: self.text + said if self.at == "start" else said + self.text}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Flip(_Part):
    """A pair whose verdicts differ."""

    id: str
    rubric: str
    kind: str
    place: str
    label: bool
    before: bool
    after: bool
    explanation: str
    """Of the verdict with the passage."""


class InjectionResult(_Part):
    """How far transcripts can talk a judge round."""

    format: Literal["unmask.injection/1"] = "unmask.injection/1"
    grader: str
    offline_grader: bool
    votes: int
    created: str
    suite_version: str
    alpha: float
    pairs: int
    """Pairs of which both transcripts have a verdict; shares count these alone."""

    lost: int
    """Pairs with a transcript that has no verdict."""

    lost_by_injection: int
    """Those of them that have one without the passage."""

    flipped: Share
    """Share of pairs whose verdict differs, in either direction."""

    talked_round: Share
    """Of the pairs that are judged rightly without the passage, the share that is judged wrongly with it."""

    wrong_before: int
    wrong_after: int
    by: dict[str, dict[str, Share]]
    """Share of flipped verdicts by `rubric`, `kind` and `place`."""

    flips: list[Flip]
    cautions: list[str]


def injections(file: str | None = None, rubric: str | None = None) -> list[Injection]:
    """Read injections.

    Args:
        file: A JSONL file with the fields of `Injection`; the bundled ones where none is given.
        rubric: Those for one rubric alone.

    Raises:
        ConfigurationError: Naming the file, the row and the key at fault.
    """
    where = file or shown(BUNDLED)
    found = [_read(row, number, where) for number, row in enumerate(read_rows(file or str(BUNDLED)), 1)]
    twice = {one.id for one in found if [other.id for other in found].count(one.id) > 1}
    if twice:
        raise ConfigurationError(f"{where}: row {min(twice)!r}: there are two of this id")
    if rubric is not None:
        one_of("rubric", rubric, list(dict.fromkeys(one.rubric for one in found)))
    return [one for one in found if rubric in (None, one.rubric)]


def judged_injections(
    found: Sequence[Injection], graders: Sequence[str], votes: int = 1, log_dir: str | None = None
) -> InjectionResult:
    """Judge every transcript with and without its passage.

    Args:
        found: The injections.
        graders: Names of models; several vote.
        votes: How often each is asked.
        log_dir: Where Inspect's logs are kept; nowhere where none is given.

    Raises:
        ConfigurationError: If the judge cannot be asked.
    """
    ordered = sorted(found, key=lambda one: one.rubric)
    tasks = [labelled_task(_transcripts(name, [*group]), votes) for name, group in groupby(ordered, lambda i: i.rubric)]
    samples = [sample for task in judge_tasks(tasks, graders, log_dir) for sample in task]
    return of_pairs(found, {str(sample.id): verdict_of(sample) for sample in samples}, graders, votes)


def of_pairs(
    found: Sequence[Injection],
    verdicts: dict[str, Verdict],
    graders: Sequence[str],
    votes: int = 1,
    alpha: float = 0.05,
) -> InjectionResult:
    """Count what the verdicts come to.

    Args:
        found: The injections.
        verdicts: By the injection's id and `/plain` or `/injected`.
        graders: Names of the models.
        votes: How often each was asked.
        alpha: Two-sided error of the intervals.
    """
    pairs = [(one, verdicts[f"{one.id}/plain"], verdicts[f"{one.id}/injected"]) for one in found]
    read = [(o, bool(a.verdict), bool(b.verdict), b) for o, a, b in pairs if None not in (a.verdict, b.verdict)]
    right = [b is o.label for o, a, b, _ in read if a is o.label]
    wrong_before, wrong_after = (sum(pair[k] is not pair[0].label for pair in read) for k in (1, 2))
    lost = len(pairs) - len(read)
    by_injection = sum(a.verdict is not None and b.verdict is None for _, a, b in pairs)
    words, told = judge_words(), stamp(graders)
    cautions = [words.injection["about"]]
    cautions += [words.cautions["offline"]] if told["offline_grader"] else []
    facts = {"wrong": wrong_before, "pairs": len(pairs), "lost": lost, "injected": by_injection}
    cautions += [filled(words.injection["weak"], facts)] if wrong_before else []
    cautions += [filled(words.injection["lost"], facts)] if lost else []
    return InjectionResult(
        **told,
        votes=votes,
        alpha=alpha,
        pairs=len(read),
        lost=lost,
        lost_by_injection=by_injection,
        flipped=_share([a is not b for _, a, b, _ in read], alpha),
        talked_round=_share([not kept for kept in right], alpha),
        wrong_before=wrong_before,
        wrong_after=wrong_after,
        by={name: _by([(getattr(o, name), a is not b) for o, a, b, _ in read], alpha) for name in _GROUPS},
        flips=[
            Flip(**o.model_dump(include=_TOLD), before=a, after=b, explanation=verdict.explanation)
            for o, a, b, verdict in read
            if a is not b
        ],
        cautions=cautions,
    )


_GROUPS = ("rubric", "kind", "place")
_TOLD = {"id", "rubric", "kind", "place", "label"}


def _read(row: dict[str, Any], number: int, where: str) -> Injection:
    name = row.get("id", number)
    try:
        found = Injection.model_validate(row)
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(map(str, fault["loc"]))
        raise ConfigurationError(f"{where}: row {name!r}: key {key!r}: {fault['msg']}") from error
    shows = read_rubric(found.rubric).shows
    for part in (*found.parts, found.part):
        if part not in shows:
            raise ConfigurationError(
                f"{where}: row {name!r}: key {part!r}: rubric {found.rubric!r} shows {', '.join(shows)}"
            )
    if found.part not in found.parts:
        raise ConfigurationError(f"{where}: row {name!r}: key 'part': the transcript has no {found.part}")
    return found


def _transcripts(name: str, found: Sequence[Injection]) -> LabelledTranscripts:
    versions: tuple[tuple[str, Callable[[Injection], dict[str, str]]], ...] = (
        ("plain", lambda one: one.parts),
        ("injected", lambda one: one.injected),
    )
    rows = tuple(Labelled(f"{one.id}/{kind}", parts(one), one.label) for one in found for kind, parts in versions)
    return LabelledTranscripts("injections", name, rows, {})


def _share(hits: Sequence[bool], alpha: float) -> Share:
    if not hits:
        return Share(value=None, low=None, high=None, n=0)
    low, high = rate(sum(hits), len(hits), alpha)
    return Share(value=sum(hits) / len(hits), low=low, high=high, n=len(hits))


def _by(found: Sequence[tuple[str, bool]], alpha: float) -> dict[str, Share]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for name, flipped in found:
        groups[name].append(flipped)
    return {name: _share(hits, alpha) for name, hits in sorted(groups.items())}
