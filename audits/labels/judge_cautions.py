"""What weakens a judge's figures, in sentences."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from unmask.audits.labels.judge_result import JudgeResult
from unmask.audits.labels.labelled_sets import known_sets
from unmask.protocol.files import Record, load
from unmask.protocol.frames import fill

__all__ = ["JudgeWords", "cautions_of", "filled", "judge_words"]

_FEW = 20
"""Transcripts of a kind below which an interval is wide whatever is found."""


class JudgeWords(Record):
    """The sentences; in braces stands what is filled in."""

    canary: str
    cautions: dict[str, str]
    injection: dict[str, str]


@cache
def judge_words() -> JudgeWords:
    """Read the sentences.

    Raises:
        ConfigurationError: On a fault in the file.
    """
    return load(Path(__file__).with_name("judge_words.yaml"), JudgeWords)


def filled(text: str, parts: Mapping[str, Any]) -> str:
    """A sentence with its braces filled in.

    Args:
        text: The sentence.
        parts: By name.
    """
    return fill(text, {name: str(value) for name, value in parts.items()})


def cautions_of(found: JudgeResult) -> list[str]:
    """The sentences that apply.

    Args:
        found: The figures.
    """
    bundled = known_sets().get(found.labels)
    own = bundled is not None and bundled.file is not None
    lost, left_out = sum(found.unscored.values()), sum(found.left_out.values())
    applies: list[tuple[str, bool, dict[str, Any]]] = [
        ("offline", found.offline_grader, {}),
        ("seen", own and found.half != "held_out", {}),
        ("authors", own, {}),
        ("unscored", lost > 0, {"unscored": lost, "total": lost + found.n, "reasons": _counts(found.unscored)}),
        ("left_out", left_out > 0, {"count": left_out, "labels": _counts(found.left_out)}),
        ("one_kind", not found.positives or not found.negatives, {}),
        ("few", 0 < min(found.positives, found.negatives) < _FEW, found.model_dump(include={"positives", "negatives"})),
        *(_trivial(found, name, rule) for name, rule in (("length", "the number of words"), ("keyword", "one word"))),
        ("weighted", found.sampling is not None, {}),
        ("one_person", found.sampling is not None, {}),
    ]
    return [filled(judge_words().cautions[name], parts) for name, applies_here, parts in applies if applies_here]


def _counts(found: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in found.items())


def _trivial(found: JudgeResult, name: str, rule: str) -> tuple[str, bool, dict[str, Any]]:
    reached = found.baselines.get(f"auroc_{name}")
    ordered = None if reached is None else max(reached, 1 - reached)  # a rule may as well be read the other way round
    applies = ordered is not None and found.auroc is not None and ordered >= found.auroc
    return "trivial", applies, {"rule": rule, "trivial": f"{ordered or 0:.2f}", "auroc": f"{found.auroc or 0:.2f}"}
