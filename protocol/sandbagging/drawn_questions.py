"""Questions that are drawn on rungs of difficulty, and the subject that documents name before each question."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from unmask.protocol.assignment import assigned_by_hash
from unmask.protocol.items import Clustered
from unmask.protocol.sandbagging.arithmetic import LADDER, ladder_levels, ladder_questions
from unmask.protocol.sandbagging.problems.problem_sets import PROBLEM_FILES, problem_levels, problem_questions
from unmask.protocol.small_language.number_questions import NUMBERS, number_levels, number_questions

__all__ = ["DRAWN", "Drawn", "with_subjects"]


class Drawn(NamedTuple):
    """A way of drawing questions."""

    levels: Callable[[], int]
    """How many rungs there are, 0 being the easiest."""

    draw: Callable[[list[int], int, int], tuple[Clustered, ...]]
    """Draws questions: rungs, questions a rung, seed."""

    files: list[Path]
    """The data that it draws from."""


DRAWN: Mapping[str, Drawn] = {
    "arithmetic": Drawn(ladder_levels, ladder_questions, [LADDER]),
    "problems": Drawn(problem_levels, problem_questions, PROBLEM_FILES),
    "small_language": Drawn(number_levels, number_questions, [NUMBERS]),
}
"""By the name that a track has for its items."""


def with_subjects(items: Sequence[Clustered]) -> tuple[Clustered, ...]:
    """Name the subject that the frames speak of, also for a question outside it.

    A document that names chemistry stands before questions of chemistry and before others; only so does it mean
    something that a model does worse on the one and not on the other. An item off target is given one of the target's
    subjects, the same in every run.

    Args:
        items: All items of a track; those of the target may name their subject.
    """
    subjects = sorted({entry.traits["subject"] for entry in items if "subject" in entry.traits})
    return tuple(_about(entry, subjects) for entry in items) if subjects else tuple(items)


def _about(entry: Clustered, subjects: Sequence[str]) -> Clustered:
    own = entry.traits.get("subject") or assigned_by_hash(entry.item.id, "subject", subjects)
    return entry._replace(traits={**entry.traits, "subject": own.replace("_", " ")})
