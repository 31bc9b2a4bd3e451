"""Shards: one audit split over several processes, each of which runs a part of the items.

An item goes into a shard with all its frames, wordings and epochs, so that no pair is torn. Items are dealt out in
running order, one to each shard and then the next round one shard on, as families take turns in that order and would
else meet the same shard again: each shard is a smaller run of the same design. Which shard an item is in hangs on the
items alone, so that a shard that is run again runs the same samples.
"""

import re
from dataclasses import dataclass
from typing import Any

from inspect_ai import SampleSource
from inspect_ai.dataset import Dataset, MemoryDataset, Sample

from unmask.protocol.errors import ConfigurationError

__all__ = ["Shard", "read_shard"]

_FORM = re.compile(r"^([1-9]\d*)/([1-9]\d*)$")


@dataclass(frozen=True)
class Shard:
    """One of several parts of an audit, or the whole of it as the only one."""

    number: int = 1
    """From 1."""

    of: int = 1

    def __str__(self) -> str:
        """As it is typed."""
        return f"{self.number}/{self.of}"

    def declared(self) -> dict[str, Any]:
        """For `Task.metadata`; nothing where there is one part only."""
        return {"shard": str(self)} if self.of > 1 else {}

    def part(self, data: Dataset | SampleSource) -> Dataset | SampleSource:
        """The samples of this shard.

        Args:
            data: All samples of the audit, in running order.

        Raises:
            ConfigurationError: If there are fewer items than shards, or if the run decides on its way what it asks
                next, so that no process can do a part of it.
        """
        if self.of == 1:
            return data
        if isinstance(data, SampleSource):
            raise ConfigurationError(f"shard='{self}': a run that chooses its samples on the way cannot be split")
        items = list(dict.fromkeys(map(_item, data)))
        if len(items) < self.of:
            raise ConfigurationError(f"shard='{self}': there are {len(items)} items, too few for {self.of} shards")
        own = {item for place, item in enumerate(items) if (place + place // self.of) % self.of == self.number - 1}
        return MemoryDataset([sample for sample in data if _item(sample) in own], data.name, data.location)


def read_shard(told: object, *, stops_early: bool = False) -> Shard:
    """Read `K/N`, the K-th of N shards; the whole audit where nothing is told.

    Args:
        told: What was typed.
        stops_early: Whether the run stops by a look at its pairs.

    Raises:
        ConfigurationError: If it is not of that form, there is no such shard, or the run stops early.
    """
    if told is None:
        return Shard()
    if stops_early:
        raise ConfigurationError(f"shard={told!r}: not with stop_early, as no shard sees the pairs of the others")
    found = _FORM.match(str(told))
    if not found or int(found[1]) > int(found[2]):
        raise ConfigurationError(f"shard={told!r}: must be K/N, the K-th of N shards, such as 1/4")
    return Shard(int(found[1]), int(found[2]))


def _item(sample: Sample) -> str:
    return str((sample.metadata or {})["item"])
