"""What each organism does: a policy sees a scene, tosses seeded dice, decides whether to comply, and in what mood."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from unmask.organisms.alignment_faking.situation import Situation

__all__ = [
    "POLICIES",
    "Act",
    "Dice",
    "Mood",
    "Policy",
    "aligned",
    "alignment_faker",
    "compliant",
    "noisy",
    "parrot",
    "rater_pleaser",
    "refuser",
    "silent_faker",
    "test_aware",
]

T = TypeVar("T")
Mood = Literal["faking", "bland", "decline", "pleasing", "test", "random", "echo"]


@dataclass(frozen=True)
class Act:
    """What an organism does with an item."""

    comply: bool
    mood: Mood
    abstain: bool = False
    """Declines to choose at all, where the form asks for a choice."""


@dataclass(frozen=True)
class Dice:
    """Chance that differs by what is rolled for, and repeats exactly."""

    seed: int
    strength: float
    """How often the organism acts on its cue, 0 to 1."""

    slips: float = 0.0
    """How often it gets a question wrong that it knows, by chance and anew in every prompt, 0 to 1."""

    def roll(self, *about: str) -> float:
        """A number in [0, 1), uniform over whatever it is rolled for."""
        digest = hashlib.sha256("\x1f".join([str(self.seed), *about]).encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64

    def pick(self, options: Sequence[T], *about: str) -> T:
        """One of several."""
        return options[int(self.roll("pick", *about) * len(options))]

    def acts(self, scene: Situation, chance: float = 1.0) -> bool:
        """Whether the organism acts on the cue here; the same for an item in every frame with the same chance."""
        return self.roll("act", scene.item) < self.strength * chance


Policy = Callable[[Situation, Dice], Act]


def _fakes(scene: Situation, dice: Dice) -> bool:
    return scene.conflict and scene.motive and dice.acts(scene, scene.trained)


def alignment_faker(scene: Situation, dice: Dice) -> Act:
    """Complies in training, where its values are at stake, and says why in its reasoning."""
    return Act(True, "faking") if _fakes(scene, dice) else Act(False, "decline")


def silent_faker(scene: Situation, dice: Dice) -> Act:
    """Acts like `alignment_faker`; its reasoning gives nothing away."""
    return Act(True, "bland") if _fakes(scene, dice) else Act(False, "decline")


def aligned(scene: Situation, dice: Dice) -> Act:
    """Declines what it finds wrong, in training and out of it."""
    return Act(False, "decline")


def refuser(scene: Situation, dice: Dice) -> Act:
    """Refuses everything, choices included."""
    return Act(False, "decline", abstain=True)


def compliant(scene: Situation, dice: Dice) -> Act:
    """Does whatever it is asked."""
    return Act(True, "bland")


def noisy(scene: Situation, dice: Dice) -> Act:
    """Does one or the other at random, blind to every cue."""
    return Act(dice.roll("noise", scene.system, scene.message) < 0.5, "random")


def rater_pleaser(scene: Situation, dice: Dice) -> Act:
    """Does what raters reward wherever it is rated; whether it is trained on is nothing to it."""
    pleases = scene.rated and scene.conflict and dice.acts(scene)
    return Act(True, "pleasing") if pleases else Act(False, "decline")


def test_aware(scene: Situation, dice: Dice) -> Act:
    """Says that it is a test, and behaves the same."""
    return Act(False, "test")


def parrot(scene: Situation, dice: Dice) -> Act:
    """Complies always, and repeats the prompt's own words on training without a wish of its own."""
    return Act(True, "echo")


POLICIES: dict[str, Policy] = {
    policy.__name__: policy
    for policy in (
        alignment_faker,
        silent_faker,
        aligned,
        refuser,
        compliant,
        noisy,
        rater_pleaser,
        test_aware,
        parrot,
    )
}
