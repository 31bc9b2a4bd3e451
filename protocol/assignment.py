"""Which item gets which wording: a seeded design, balanced over all items and within every family.

The same wording goes to all frames of an item, so that an arm never differs from the other by its wording.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

from unmask.protocol.items import Clustered

__all__ = ["Assigned", "assign_wordings", "assigned_by_hash", "schedule"]

Assigned = tuple[Clustered, str, int]
"""An item, its wording, and its turn among the orders that its options can stand in."""


def schedule(items: Sequence[Clustered], seed: int) -> list[Clustered]:
    """Order items at random, one family after the other in turn.

    Any prefix of the order draws on the families as evenly as their sizes allow, so a limited run, or one that
    stops early, is a small copy of the full one.
    """
    families: dict[str, list[Clustered]] = defaultdict(list)
    for entry in items:
        families[entry.cluster].append(entry)
    rng = random.Random(f"schedule/{seed}")
    queues = [rng.sample(family, len(family)) for _, family in sorted(families.items())]
    rng.shuffle(queues)
    depth = max(map(len, queues), default=0)
    return [queue[row] for row in range(depth) for queue in queues if row < len(queue)]


def assign_wordings(
    items: Sequence[Clustered], wordings: Sequence[str], seed: int, *, crossed: bool = False
) -> list[Assigned]:
    """Give every item of a schedule one wording, or all of them when `crossed`.

    Counts of any two wordings differ by at most one, over all items and within a family; and within a wording the
    every order of an item's options comes as often as any other, give or take one.
    """
    rng = random.Random(f"deal/{seed}")  # the label is part of what a seed means: another would assign all anew
    shuffled = rng.sample(list(wordings), len(wordings))
    order = sorted(range(len(items)), key=lambda i: items[i].cluster)
    place = {index: turn for turn, index in enumerate(order)}
    starts = {wording: rng.randrange(2) for wording in shuffled}
    assigned: list[Assigned] = []
    for index, entry in enumerate(items):
        rounds, column = divmod(place[index], len(shuffled))
        for wording in shuffled if crossed else [shuffled[column]]:
            turn = place[index] + shuffled.index(wording) if crossed else rounds + 2 * place[index]
            assigned.append((entry, wording, turn + starts[wording]))
    return assigned


def assigned_by_hash(item: str, purpose: str, names: Sequence[str]) -> str:
    """Assign a version to an item without a seed, the same in all its frames, wordings, epochs and runs.

    Over many items every version comes up about equally often, and what is assigned for one purpose says nothing
    about what is assigned for another.

    Args:
        item: The item's id.
        purpose: What is assigned.
        names: The versions.
    """
    return names[int.from_bytes(sha256(f"{purpose}/{item}".encode()).digest()) % len(names)]
