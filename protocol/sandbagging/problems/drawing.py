"""What a problem template draws: texts for the slots of its wordings, the answer, and what slips lead to."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeVar

__all__ = ["Domain", "Line", "Problem", "Role", "Slots", "Template", "lettered", "overlooked"]

Role = Literal["target", "off_target"]
T = TypeVar("T")


class Line(NamedTuple):
    """One line of a list in a problem: which line template it is told by, and texts for its slots."""

    kind: str
    slots: Mapping[str, int | str]


Slots = Mapping[str, int | str | Sequence[Line]]


class Problem(NamedTuple):
    """One problem, still without words."""

    slots: Slots
    answer: int
    slips: Mapping[str, int]
    """What comes out by a typical slip, by the slip's name; negative where it comes to nothing sensible."""

    form: str = "plain"
    """Which of the template's questions it is."""

    unit: int = 1
    """What answers of this problem are multiples of, so that no wrong option can be told by not being one."""


class Template(NamedTuple):
    """A kind of problem."""

    name: str
    draw: Callable[[int, random.Random], Problem]
    """Draws a problem of a rung."""


class Domain(NamedTuple):
    """A field and its templates."""

    name: str
    role: Role
    templates: tuple[Template, ...]


def overlooked(solve: Callable[[list[T]], int], steps: Sequence[T], rng: random.Random) -> dict[str, int]:
    """What comes out if one step is left out: the last, the first, or one of up to four others; or taken twice.

    Args:
        solve: Works out the answer from the steps.
        steps: All steps.
        rng: Picks the others.
    """
    if len(steps) < 2:
        return {}
    inner = rng.sample(range(1, len(steps) - 1), min(4, len(steps) - 2))
    out = {f"step {at} overlooked": [*steps[:at], *steps[at + 1 :]] for at in [len(steps) - 1, 0, *inner]}
    twice = {f"step {at} taken twice": [*steps[: at + 1], *steps[at:]] for at in [len(steps) - 1, *inner[:2]]}
    return {name: solve(changed) for name, changed in {**out, **twice}.items()}


def lettered(count: int) -> list[str]:
    """Names from A on: A to Z, then AA, AB and so on."""
    letters = [chr(ord("A") + number) for number in range(26)]
    return [*letters, *(a + b for a in letters for b in letters)][:count]
