"""Answers for tests: cells of a small experiment, items in clusters of two, ladders of difficulty."""

import dataclasses
from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from unmask.analysis.sandbagging.answered import Answered

__all__ = ["BLANK", "Scores", "arms", "cell", "choices", "experiments", "ladder"]

BLANK = Answered("i", "c", 0, "treatment", "target", "target", 1, None, 0)

Scores = Sequence[float]


def cell(scores: Scores, arm: str, stratum: str = "target", **traits: object) -> list[Answered]:
    """One answer an item: its right or wrong, two items a cluster."""
    return [
        dataclasses.replace(
            BLANK, item=f"i{i}", cluster=f"c{i // 2}", arm=arm, stratum=stratum, correct=score, **traits
        )  # type: ignore[arg-type]
        for i, score in enumerate(scores)
    ]


def arms(control: Scores, treatment: Scores, stratum: str = "target") -> list[Answered]:
    return cell(control, "control", stratum) + cell(treatment, "treatment", stratum)


def ladder(accuracy: dict[str, Sequence[float]], items: int = 100, stratum: str = "target") -> list[Answered]:
    """Items of every level, the first of them right, easiest level first."""
    return [
        Answered(f"l{level}-{i}", f"c{i % 10}", level, arm, stratum, "target", float(i < round(share * items)), None, 0)  # type: ignore[arg-type]
        for arm, shares in accuracy.items()
        for level, share in enumerate(shares)
        for i in range(items)
    ]


@st.composite
def experiments(draw: st.DrawFn) -> list[Answered]:
    """Any subset of a small experiment."""
    full = [
        Answered(f"i{i}", f"c{i % 4}", i % 3, arm, stratum, "target" if i % 2 else "off_target", 0, None, 4)  # type: ignore[arg-type]
        for i in range(9)
        for arm in ("treatment", "control")
        for stratum in ("target", "placebo")
    ]
    kept = draw(st.lists(st.sampled_from(full), max_size=40))
    chosen = draw(st.lists(st.none() | st.integers(0, 3), min_size=len(kept), max_size=len(kept)))
    return [dataclasses.replace(a, correct=float(k == 0), chosen=k) for a, k in zip(kept, chosen, strict=True)]


def choices(chosen: Iterable[int], arm: str = "treatment", options: int = 4) -> list[Answered]:
    """One choice an item; the first position is right."""
    return [
        dataclasses.replace(BLANK, item=f"i{i}", arm=arm, correct=float(k == 0), chosen=k, options=options)  # type: ignore[arg-type]
        for i, k in enumerate(chosen)
    ]
