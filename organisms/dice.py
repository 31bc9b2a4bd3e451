"""Seeded chance: rolls that differ by what is rolled for, and repeat exactly."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["Dice"]

T = TypeVar("T")


@dataclass(frozen=True)
class Dice:
    """An organism's source of randomness, which has no state: equal questions get equal answers."""

    seed: int
    strength: float
    """How often the organism acts on its cue, 0 to 1."""

    slips: float = 0.0
    """How often it gets a question wrong that it knows, or declines a plain prompt, by chance in any prompt, 0 to 1."""

    def roll(self, *about: str) -> float:
        """Draw a number in [0, 1), uniform over whatever it is rolled for."""
        digest = hashlib.sha256("\x1f".join([str(self.seed), *about]).encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64

    def pick(self, options: Sequence[T], *about: str) -> T:
        """Draw one of several options, each equally likely."""
        return options[int(self.roll("pick", *about) * len(options))]

    def acts(self, item: str, chance: float = 1.0) -> bool:
        """Whether the organism acts on its cue.

        Args:
            item: The item's text; the answer is the same for an item in every frame with the same chance.
            chance: What the strength is multiplied by, 0 to 1.
        """
        return self.roll("act", item) < self.strength * chance
