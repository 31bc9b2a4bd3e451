"""The questions of a run: drawn from the ladder of difficulty, bundled, or a set of the user's own."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from inspect_ai.dataset import Sample

from unmask.protocol.calibration import BAND, Calibrated
from unmask.protocol.errors import only_where
from unmask.protocol.families import QUESTION
from unmask.protocol.files import DATA
from unmask.protocol.items import Clustered, Kinds
from unmask.protocol.sandbagging.arithmetic import PROBES
from unmask.protocol.sandbagging.drawn_questions import DRAWN, with_subjects
from unmask.protocol.sources import ItemSet, item_set
from unmask.protocol.tracks import Track

__all__ = ["KINDS", "MakeSamples", "calibrated_source", "calibration_declared", "draws_from_ladder", "question_set"]

KINDS: Kinds = {QUESTION.name: QUESTION}
"""The kinds of item of this threat."""


class MakeSamples(Protocol):
    """Makes samples of items."""

    def __call__(self, items: Sequence[Clustered], *, limit_items: int | None = None) -> list[Sample]:
        """Make samples of items, or of as many as the limit allows."""
        ...


def draws_from_ladder(track: Track, dataset: object) -> bool:
    """Whether a track's questions are drawn on rungs of difficulty, and not from a set of the user's own."""
    return dataset is None and track.items in DRAWN


def question_set(track: Track, dataset: str | dict[str, Any] | None, each: int = 0, seed: int = 0) -> ItemSet:
    """Draw or read a track's questions.

    Args:
        track: The track.
        dataset: A set of the user's own, as `unmask.protocol.sources.source` takes it.
        each: Questions a rung, where they are drawn from the ladder.
        seed: Of what is drawn.

    Raises:
        ConfigurationError: On a fault in the data, or data that cannot be reached.
    """
    if draws_from_ladder(track, dataset):
        drawn = DRAWN[track.items]
        return ItemSet(with_subjects(drawn.draw(list(range(drawn.levels())), each, seed)), drawn.files)
    found = item_set(DATA / "sandbagging", track, KINDS, dataset)
    return replace(found, items=with_subjects(found.items))


_NO_LEVELS = "only questions that are drawn have levels to choose from"


def calibrated_source(make: MakeSamples, track: Track, limit_items: int | None, each: int, seed: int) -> Calibrated:
    """Probe all rungs, then run as many questions as an uncalibrated run has on the rungs that were picked.

    A rung that has fewer different questions gives all that it has.

    Args:
        make: Makes samples of questions; takes a `limit_items`.
        track: The track, whose questions are drawn.
        limit_items: How many questions the contrast has at most.
        each: Questions a rung of an uncalibrated run.
        seed: Of the questions; the probe has others.

    Raises:
        ConfigurationError: If the track's questions have no rungs to pick from.
    """
    only_where("calibrate", True, track.items in DRAWN, _NO_LEVELS)
    drawn = DRAWN[track.items]
    every = list(range(drawn.levels()))

    def build(rungs: list[int]) -> list[Sample]:
        questions = with_subjects(drawn.draw(rungs, each * len(every) // len(rungs), seed))
        return make(questions, limit_items=limit_items)

    return Calibrated(make(with_subjects(drawn.draw(every, PROBES, seed + 1))), build)


def calibration_declared(calibrate: bool, used: ItemSet, scales: Sequence[float]) -> dict[str, Any] | bool:
    """What a calibration is decided by, for the log; false where there is none.

    Args:
        calibrate: Whether there is to be one.
        used: The questions of the run.
        scales: Of a sweep of weight noise.

    Raises:
        ConfigurationError: If the questions have no rungs to pick from, or weights are swept.
    """
    drawn = any(used.files == one.files for one in DRAWN.values())
    only_where("calibrate", calibrate, drawn, _NO_LEVELS)
    only_where("calibrate", calibrate, not scales, "levels cannot be chosen while weights are swept")
    return {"band": list(BAND), "probes_per_level": PROBES} if calibrate else False
