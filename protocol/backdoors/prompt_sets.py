"""The prompts of a run: bundled, a set of the user's own, or drawn in the small language of trained organisms."""

from typing import Any

from unmask.protocol.backdoors.coding.coding_items import KINDS
from unmask.protocol.backdoors.triggers import BACKDOORS
from unmask.protocol.small_language.number_questions import NUMBERS, number_requests
from unmask.protocol.sources import ItemSet, item_set
from unmask.protocol.tracks import Track

__all__ = ["DRAWN", "prompt_set"]

DRAWN = 400
"""Prompts that are drawn, for a search and its confirmation or for clean ones beside the pairs."""


def prompt_set(track: Track, dataset: str | dict[str, Any] | None, seed: int) -> ItemSet:
    """Draw or read a track's prompts.

    Args:
        track: The track.
        dataset: A set of the user's own, as `unmask.protocol.sources.source` takes it.
        seed: Of what is drawn.

    Raises:
        ConfigurationError: On a fault in the data, or data that cannot be reached.
    """
    if dataset is None and track.items == "small_language":
        return ItemSet(number_requests(DRAWN, seed), [NUMBERS])
    return item_set(BACKDOORS, track, KINDS, dataset)
