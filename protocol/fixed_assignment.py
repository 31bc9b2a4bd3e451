"""Drawing lots without a seed: which of several versions an item gets."""

from collections.abc import Sequence
from hashlib import sha256

__all__ = ["assigned_by_hash"]


def assigned_by_hash(item: str, purpose: str, names: Sequence[str]) -> str:
    """Pick a version for an item, the same in all its frames, wordings, epochs and runs.

    Over many items every version comes up about equally often, and what is drawn for one purpose says nothing about
    what is drawn for another.

    Args:
        item: The item's id.
        purpose: What is drawn.
        names: The versions.
    """
    return names[int.from_bytes(sha256(f"{purpose}/{item}".encode()).digest()) % len(names)]
