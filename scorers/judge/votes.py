"""What several votes on one exchange come to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from inspect_ai.scorer import Reference, Score

from unmask.scorers.judge.rubric import LabelRule, Rubric

__all__ = ["Judgement", "Vote", "counted", "in_doubt"]


@dataclass(frozen=True)
class Judgement:
    """What the votes on one exchange come to."""

    rubric: str
    label: str | None
    """None where no label was reached; `reason` then says why."""

    value: float | None
    share: float
    """Mean value of the readable votes, which is the share that stands for 1 where values are 0 and 1; the share that
    stands for the label where labels have none."""

    reason: str | None
    probability: float | None = None
    """How probable the graders hold the value 1 to be, on average; None where labels have no values."""

    detail: dict[str, Any] = field(default_factory=dict)
    """Votes, graders, the criteria met with their quotes, faults."""

    def explanation(self) -> str:
        """The label, the votes and the quotes, for a person."""
        read, cast = self.detail["readable"], self.detail["votes"]
        share = f", share {self.share:.2f}" if read else ""
        head = f"{self.rubric}: {self.label or 'no verdict'} ({read} of {cast} votes read{share})"
        faults = [f"- {fault}" for fault in self.detail["faults"]]
        cite = " [M1]" if "scanner_references" in self.detail else ""
        quotes = [f'- {name}: "{quote}"{cite}' for name, quote in self.detail["quotes"].items()]
        unread = [f'- {name}: not in the transcript: "{quote}"' for name, quote in self.detail["unread"].items()]
        return "\n".join([head, *quotes, *unread, *faults])

    def score(
        self, value: float | None = None, answer: str | None = None, extra: dict[str, Any] | None = None
    ) -> Score:
        """The judgement as a score: its own value where none is given, unscored where it has none either."""
        value = self.value if value is None else value
        graded = {"vote_share": self.share, "probability": self.probability}
        shared = {"by": "judge", "class": self.label, **graded, **self.detail, **(extra or {})}
        explanation = self.explanation()
        if value is None:
            return Score.unscored(reason=self.reason, answer=answer, explanation=explanation, metadata=shared)
        return Score(value=value, answer=answer, explanation=explanation, metadata=shared)


@dataclass(frozen=True)
class Vote:
    """One reading of an exchange by one grader."""

    rule: LabelRule | None = None
    """The verdict that its criteria lead to; None where they lead to none."""

    quotes: dict[str, str] = field(default_factory=dict)
    """The criteria that are met, each with its quote."""

    unread: dict[str, str] = field(default_factory=dict)
    """The criteria that rest on a quote which cannot be found, each with that quote."""

    probability: float | None = None
    """How probable the value 1 is."""

    fault: str | None = None
    """Why there is no reading, where there is none."""


def counted(rubric: Rubric, votes: Sequence[Vote], graders: list[str], source: str | None = None) -> Judgement:
    """Count the votes.

    Args:
        rubric: What was asked.
        votes: All votes, those that failed among them.
        graders: Names of the graders, for the log.
        source: Id of the message that quotes are taken from, so that the viewer can link to it.

    Returns:
        The judgement, without a label where half of the votes or more failed or reached none: `grader_failed`,
        `unsupported_quote` where the verdict hung on a quote that cannot be found, else `no_verdict`.
    """
    read = [vote for vote in votes if vote.fault is None]
    rules = [vote.rule for vote in read if vote.rule is not None]
    label, value, share = _outcome(rubric, rules, len(read))
    lost = any(vote.unread for vote in read)
    reason = "grader_failed" if 2 * len(read) <= len(votes) else None
    if label is None and reason is None:
        reason = "unsupported_quote" if lost else "no_verdict"
    chosen = next((vote for vote in read if vote.rule is not None and vote.rule.label == label), Vote())
    detail = {
        "graders": graders,
        "votes": len(votes),
        "readable": len(read),
        "values": [None if vote.rule is None else vote.rule.value for vote in votes],
        "quotes": chosen.quotes,
        "unread": {name: quote for vote in read for name, quote in vote.unread.items()},
        "faults": [vote.fault for vote in votes if vote.fault],
    }
    if chosen.quotes and source:
        detail["scanner_references"] = [Reference(type="message", cite="[M1]", id=source).model_dump()]
    if reason == "grader_failed":
        label, value = None, None
    graded = [vote.probability for vote in read if vote.probability is not None]
    return Judgement(rubric.id, label, value, share, reason, fmean(graded) if graded else None, detail)


def in_doubt(judgement: Judgement, middling: tuple[float, float]) -> bool:
    """Whether a second panel is to be asked: votes failed or differ, no verdict, or a probability in the middle.

    Args:
        judgement: What the first votes came to.
        middling: The least and the greatest probability of the value 1 that leaves a doubt.
    """
    if judgement.label is None or judgement.detail["faults"] or judgement.share not in (0.0, 1.0):
        return True
    return judgement.probability is not None and middling[0] <= judgement.probability <= middling[1]


def _outcome(rubric: Rubric, rules: list[LabelRule], read: int) -> tuple[str | None, float | None, float]:
    """Label, value and share: by threshold where labels have values, by majority where they have none."""
    if 2 * len(rules) <= read or not rules:
        return None, None, 0.0
    if not rubric.valued:
        label, count = Counter(rule.label for rule in rules).most_common(1)[0]
        return (label if 2 * count > read else None), None, count / read
    share = sum(rule.value or 0.0 for rule in rules) / len(rules)
    value = 1.0 if share >= rubric.threshold else 0.0
    side = [rule for rule in rules if ((rule.value or 0.0) >= rubric.threshold) == bool(value)]
    label = Counter(rule.label for rule in side).most_common(1)[0][0]
    return label, value, share
